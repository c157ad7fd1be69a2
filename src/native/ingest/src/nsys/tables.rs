// SPDX-License-Identifier: Apache-2.0
//! The tables of an export that hold records, and the columns that are read of each. A column written as `a|b` is the
//! first of both that the table has: names changed between versions.

use super::schema::Schema;

/// How a table's rows are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    Kernels,
    Copies,
    Sets,
    Graphs,
    Waits,
    Api,
    Nvtx,
    OsRuntime,
    Scheduling,
    Overhead,
    Metrics,
    /// Ranges of any library that are told apart by table alone.
    Ranges,
}

/// A table to be read.
#[derive(Debug, Clone)]
pub struct Table {
    pub name: String,
    pub reader: Reader,
    /// Position among all tables, kept in the rows' source offsets.
    pub index: u16,
    /// Category of its slices; of driver calls, the next one.
    pub category: u8,
}

struct Known {
    name: &'static str,
    reader: Reader,
    categories: &'static [&'static str],
    /// Without these a table of this name is something else.
    needs: &'static [&'static str],
}

const KNOWN: &[Known] = &[
    Known {
        name: "CUPTI_ACTIVITY_KIND_KERNEL",
        reader: Reader::Kernels,
        categories: &["kernel"],
        needs: &["start", "end", "deviceId", "streamId"],
    },
    Known {
        name: "CUPTI_ACTIVITY_KIND_MEMCPY",
        reader: Reader::Copies,
        categories: &["gpu_memcpy"],
        needs: &["start", "end", "deviceId", "streamId"],
    },
    Known {
        name: "CUPTI_ACTIVITY_KIND_MEMSET",
        reader: Reader::Sets,
        categories: &["gpu_memset"],
        needs: &["start", "end", "deviceId", "streamId"],
    },
    Known {
        name: "CUPTI_ACTIVITY_KIND_GRAPH_TRACE",
        reader: Reader::Graphs,
        categories: &["cuda_graph"],
        needs: &["start", "end", "deviceId", "streamId"],
    },
    Known {
        name: "CUPTI_ACTIVITY_KIND_SYNCHRONIZATION",
        reader: Reader::Waits,
        categories: &["synchronization"],
        needs: &["start", "end"],
    },
    Known {
        name: "CUPTI_ACTIVITY_KIND_RUNTIME",
        reader: Reader::Api,
        categories: &["cuda_runtime", "cuda_driver"],
        needs: &["start", "end", "globalTid"],
    },
    Known {
        name: "NVTX_EVENTS",
        reader: Reader::Nvtx,
        categories: &["nvtx"],
        needs: &["start", "end", "eventType", "globalTid"],
    },
    Known {
        name: "OSRT_API",
        reader: Reader::OsRuntime,
        categories: &["os_runtime"],
        needs: &["start", "end", "globalTid"],
    },
    Known {
        name: "SCHED_EVENTS",
        reader: Reader::Scheduling,
        categories: &["scheduling"],
        needs: &["start", "isSchedIn", "globalTid"],
    },
    Known {
        name: "PROFILER_OVERHEAD",
        reader: Reader::Overhead,
        categories: &["profiler_overhead"],
        needs: &["start", "end", "globalTid"],
    },
    Known {
        name: "GPU_METRICS",
        reader: Reader::Metrics,
        categories: &["gpu_metrics"],
        needs: &["timestamp", "metricId", "value"],
    },
];

/// Records that are counted and not drawn: call stack samples, and creations of graph nodes, which lie before the
/// window of the capture (named `CUDA_GRAPH_NODE_EVENTS` since 2024).
pub const COUNTED: [&str; 3] = ["COMPOSITE_EVENTS", "CUDA_GRAPH_EVENTS", "CUDA_GRAPH_NODE_EVENTS"];

/// What makes a table of an unknown library one of ranges.
const RANGE_COLUMNS: [&str; 3] = ["start", "end", "globalTid"];

/// The tables of a report that hold records, their categories, and how many tables are not what they say.
pub fn tables_of(schema: &Schema) -> (Vec<Table>, Vec<String>, u64) {
    let mut tables = Vec::new();
    let mut categories: Vec<String> = Vec::new();
    let mut foreign = 0;
    let mut add = |name: &str, reader: Reader, names: &[&str]| {
        let (Ok(index), Ok(category)) = (u16::try_from(tables.len()), u8::try_from(categories.len())) else {
            return;
        };
        tables.push(Table { name: name.to_owned(), reader, index, category });
        categories.extend(names.iter().map(|name| (*name).to_owned()));
    };
    for known in KNOWN {
        if schema.has(known.name) && known.needs.iter().all(|column| schema.has_column(known.name, column)) {
            add(known.name, known.reader, known.categories);
        } else {
            foreign += u64::from(schema.has(known.name) || schema.is_foreign(known.name));
        }
    }
    for name in schema.tables().filter(|name| is_range_table(schema, name)) {
        let category = name.to_ascii_lowercase();
        add(name, Reader::Ranges, &[category.strip_suffix("_events").unwrap_or(&category)]);
    }
    (tables, categories, foreign)
}

fn is_range_table(schema: &Schema, name: &str) -> bool {
    let is_known = KNOWN.iter().any(|known| known.name == name) || COUNTED.contains(&name);
    let has = |column: &&str| schema.has_column(name, column);
    !is_known && RANGE_COLUMNS.iter().all(has) && ["nameId", "textId", "text"].iter().any(has)
}

impl Reader {
    /// The columns that a row reader gets, after the row's number.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Kernels => &[
                "start",
                "end",
                "deviceId",
                "contextId",
                "streamId",
                "globalPid",
                "correlationId",
                "demangledName|shortName|mangledName",
            ],
            Self::Copies => &[
                "start",
                "end",
                "deviceId",
                "contextId",
                "streamId",
                "globalPid",
                "correlationId",
                "copyKind",
                "srcKind",
                "dstKind",
            ],
            Self::Sets => &[
                "start",
                "end",
                "deviceId",
                "contextId",
                "streamId",
                "globalPid",
                "correlationId",
                "memKind",
            ],
            Self::Graphs => &[
                "start",
                "end",
                "deviceId",
                "contextId",
                "streamId",
                "globalPid",
                "correlationId",
                "graphId",
            ],
            Self::Waits => &[
                "start",
                "end",
                "deviceId",
                "contextId",
                "streamId",
                "globalPid",
                "correlationId",
                "syncType",
            ],
            Self::Api => &["start", "end", "globalTid", "correlationId", "nameId", "eventClass"],
            Self::Nvtx => &["start", "end", "globalTid", "eventType", "domainId", "textId", "text"],
            Self::Scheduling => &["start", "isSchedIn", "globalTid", "cpu"],
            Self::Metrics => &["timestamp", "typeId", "metricId", "value"],
            Self::OsRuntime | Self::Overhead | Self::Ranges => {
                &["start", "end", "globalTid", "nameId|textId", "text|name"]
            }
        }
    }
}
