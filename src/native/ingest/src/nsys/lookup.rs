// SPDX-License-Identifier: Apache-2.0
//! The small tables of a report: strings, names of processes and threads, devices, the wall clock. Strings are read
//! when something asks for them: a report also holds its program's output and environment as strings.

use iterscope_model::DeviceInfo;
use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Row};
use rustc_hash::{FxHashMap, FxHashSet};

use super::labels::Label;
use super::nvtx::is_collection;
use super::schema::{Schema, quoted};
use super::value::{integer, owned_text};

/// Names and numbers of a report.
pub struct Lookup<'a> {
    connection: &'a Connection,
    schema: &'a Schema,
    copies: FxHashMap<i64, String>,
    memories: FxHashMap<i64, String>,
    waits: FxHashMap<i64, String>,
    /// Strings that a record names and the report lacks.
    pub missing_strings: u64,
}

impl<'a> Lookup<'a> {
    pub fn of(connection: &'a Connection, schema: &'a Schema) -> Self {
        let labels = |table: &str| enum_labels(connection, schema, table);
        Self {
            connection,
            schema,
            copies: enum_names(connection, schema, "ENUM_CUDA_MEMCPY_OPER"),
            memories: labels("ENUM_CUDA_MEM_KIND"),
            waits: labels("ENUM_CUPTI_SYNC_TYPE"),
            missing_strings: 0,
        }
    }

    /// A label as people read it.
    pub fn name(&mut self, label: &Label) -> String {
        let memory = |id: &i64| self.memories.get(id).map_or("?", String::as_str);
        match label {
            Label::String(id) => self.string(*id).unwrap_or_else(|| {
                self.missing_strings += 1;
                format!("string {id}")
            }),
            Label::Text(text) => text.to_string(),
            Label::Copy { kind, from, to } => {
                let direction = self.copies.get(kind).map_or("", |name| short_direction(name));
                format!("Memcpy {direction} ({} -> {})", memory(from), memory(to)).replace("  ", " ")
            }
            Label::Set(kind) => format!("Memset ({})", memory(kind)),
            Label::Wait(kind) => self.waits.get(kind).cloned().unwrap_or_else(|| "Wait".to_owned()),
            Label::Graph(id) if *id >= 0 => format!("CUDA graph {id}"),
            Label::Graph(_) => "CUDA graph".to_owned(),
            Label::Core(core) if *core >= 0 => format!("core {core}"),
            Label::Core(_) => "running".to_owned(),
            Label::Unnamed => "unnamed".to_owned(),
        }
    }

    /// A string of the report's pool.
    pub fn string(&self, id: i64) -> Option<String> {
        let query = "SELECT value FROM StringIds WHERE id = ?1";
        self.schema.has_column("StringIds", "value").then(|| self.one(query, &[&id])).flatten()
    }

    /// Numbers of the strings that name a garbage collection.
    pub fn collections(&self) -> FxHashSet<i64> {
        let mut found = FxHashSet::default();
        let query = "SELECT id, value FROM StringIds WHERE value LIKE 'python gc%'";
        self.each("StringIds", query, |row| {
            if owned_text(row, 1).is_some_and(|name| is_collection(&name)) {
                found.extend(integer(row, 0));
            }
        });
        found
    }

    /// Names of processes by their packed number.
    pub fn processes(&self) -> FxHashMap<i64, String> {
        let mut names = FxHashMap::default();
        let columns = self.schema.column_list("PROCESSES", &["globalPid", "name"]);
        self.each("PROCESSES", &format!("SELECT {columns} FROM PROCESSES"), |row| {
            names.extend(integer(row, 0).zip(owned_text(row, 1)));
        });
        names
    }

    /// Names of threads by their packed number; the last one that a thread was given.
    pub fn threads(&self) -> FxHashMap<i64, String> {
        let mut ids = FxHashMap::default();
        let columns = self.schema.column_list("ThreadNames", &["globalTid", "nameId"]);
        self.each("ThreadNames", &format!("SELECT {columns} FROM ThreadNames"), |row| {
            ids.extend(integer(row, 0).zip(integer(row, 1)));
        });
        ids.into_iter().filter_map(|(thread, id)| Some((thread, self.string(id)?))).collect()
    }

    /// Devices by the report's own numbers.
    pub fn devices(&self) -> Vec<DeviceInfo> {
        let mut devices = Vec::new();
        let columns = self.schema.column_list("TARGET_INFO_GPU", &["id", "name"]);
        self.each("TARGET_INFO_GPU", &format!("SELECT {columns} FROM TARGET_INFO_GPU ORDER BY 1"), |row| {
            if let Some(id) = integer(row, 0).and_then(|id| u32::try_from(id).ok()) {
                devices.push(DeviceInfo { id, name: owned_text(row, 1).unwrap_or_default() });
            }
        });
        devices
    }

    /// Which device of the report a process means by its own ordinal: processes may each see one device as 0.
    pub fn device_ordinals(&self) -> FxHashMap<(i64, i64), u32> {
        const TABLE: &str = "TARGET_INFO_CUDA_DEVICE";
        let mut ordinals = FxHashMap::default();
        let columns = self.schema.column_list(TABLE, &["pid", "cudaId", "gpuId"]);
        self.each(TABLE, &format!("SELECT {columns} FROM {TABLE}"), |row| {
            let device = integer(row, 2).and_then(|id| u32::try_from(id).ok());
            if let (Some(pid), Some(ordinal), Some(device)) = (integer(row, 0), integer(row, 1), device) {
                ordinals.insert((pid, ordinal), device);
            }
        });
        ordinals
    }

    /// Wall clock of time zero, nanoseconds since the epoch.
    pub fn wall_clock_ns(&self) -> Option<i64> {
        const TABLE: &str = "TARGET_INFO_SESSION_START_TIME";
        let mut clock = None;
        let columns = self.schema.column_list(TABLE, &["utcEpochNs"]);
        self.each(TABLE, &format!("SELECT {columns} FROM {TABLE}"), |row| clock = clock.or(integer(row, 0)));
        clock
    }

    /// Names of hardware counters by number.
    pub fn metrics(&self) -> FxHashMap<i64, String> {
        const TABLE: &str = "TARGET_INFO_GPU_METRICS";
        let mut names = FxHashMap::default();
        let columns = self.schema.column_list(TABLE, &["metricId", "metricName|shortName"]);
        self.each(TABLE, &format!("SELECT {columns} FROM {TABLE}"), |row| {
            names.extend(integer(row, 0).zip(owned_text(row, 1)));
        });
        names
    }

    /// Calls back for each row of a query over a table that exists; a failure ends the rows.
    pub fn each(&self, table: &str, query: &str, mut found: impl FnMut(&Row<'_>)) {
        if !self.schema.has(table) {
            return;
        }
        let Ok(mut statement) = self.connection.prepare(query) else { return };
        let Ok(mut rows) = statement.query([]) else { return };
        while let Ok(Some(row)) = rows.next() {
            found(row);
        }
    }

    fn one(&self, query: &str, values: &[&dyn ToSql]) -> Option<String> {
        let mut statement = self.connection.prepare(query).ok()?;
        statement.query_row(values, |row| Ok(owned_text(row, 0))).optional().ok()??
    }
}

/// `CUDA_MEMCPY_KIND_HTOD` is written `HtoD`, as everyone does.
fn short_direction(name: &str) -> &str {
    match name.strip_prefix("CUDA_MEMCPY_KIND_").unwrap_or_default() {
        "HTOD" => "HtoD",
        "DTOH" => "DtoH",
        "DTOD" => "DtoD",
        "HTOH" => "HtoH",
        "PTOP" => "PtoP",
        "UVM_HTOD" => "unified HtoD",
        "UVM_DTOH" => "unified DtoH",
        "UVM_DTOD" => "unified DtoD",
        other => other,
    }
}

fn enum_names(connection: &Connection, schema: &Schema, table: &str) -> FxHashMap<i64, String> {
    enum_column(connection, schema, table, "name")
}

fn enum_labels(connection: &Connection, schema: &Schema, table: &str) -> FxHashMap<i64, String> {
    enum_column(connection, schema, table, "label|name")
}

fn enum_column(
    connection: &Connection,
    schema: &Schema,
    table: &str,
    column: &str,
) -> FxHashMap<i64, String> {
    let mut names = FxHashMap::default();
    if !schema.has(table) {
        return names;
    }
    let query = format!("SELECT {} FROM {}", schema.column_list(table, &["id", column]), quoted(table));
    let Ok(mut statement) = connection.prepare(&query) else { return names };
    let Ok(mut rows) = statement.query([]) else { return names };
    while let Ok(Some(row)) = rows.next() {
        names.extend(integer(row, 0).zip(owned_text(row, 1)));
    }
    names
}
