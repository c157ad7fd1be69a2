// SPDX-License-Identifier: Apache-2.0
//! One report to one trace: ranges of rows are read by workers, each with a connection of its own, and assembled in
//! the order of tables and rows.

use std::path::Path;

use iterscope_model::rules::RULES_VERSION;
use iterscope_model::{ErrorCode, Result, Slice, SourceStamp, TraceError, TraceMeta, WarningCode};
use iterscope_store::TraceData;
use rusqlite::Connection;

use super::assemble::{Assembled, Assembler};
use super::batch::Batch;
use super::database::Database;
use super::diagnostics::diagnostics;
use super::lookup::Lookup;
use super::nvtx::EventTypes;
use super::place::process_of;
use super::ranges::{Reading, ranges_of};
use super::rows::Context;
use super::schema::{Schema, quoted};
use super::tables::{COUNTED, Reader, Table, tables_of};
use super::value::integer;
use crate::progress::{Cancel, Progress};

/// Reads a report; of one process only, when `scope` names it.
///
/// # Errors
/// `trace.*`, `ingest.cancelled`, `ingest.too-large`.
pub fn read_report(
    path: &Path,
    stamp: SourceStamp,
    scope: Option<u32>,
    on_progress: &mut dyn FnMut(Progress),
    cancel: &Cancel,
) -> Result<TraceData> {
    let database = Database::open(path, cancel)?;
    let connection = database.connect()?;
    let failed = |cause: rusqlite::Error| database.failure(&cause);
    let schema = Schema::of(&connection).map_err(failed)?;
    let (tables, categories, foreign) = tables_of(&schema);
    if tables.is_empty() {
        return Err(no_report(path, foreign));
    }
    let mut lookup = Lookup::of(&connection, &schema);
    let context = Context {
        scope,
        default_process: default_process(&connection, &schema),
        event_types: EventTypes::of(&connection, &schema).map_err(failed)?,
        collections: lookup.collections(),
    };
    let ranges: Vec<_> = tables.iter().flat_map(|table| ranges_of(&connection, table)).collect();
    let reading = Reading { database: &database, schema: &schema, context: &context, ranges: &ranges };
    let batches = reading.run(stamp.size_bytes, on_progress)?;
    let mut trace = assemble(batches, &mut lookup, &tables, &categories, cancel);
    cancel.check(path)?;
    if u32::try_from(trace.slices.iter().map(Vec::len).sum::<usize>()).is_err() {
        return Err(too_large(path));
    }
    let not_drawn = trace.counts.others + counted_rows(&connection, &schema);
    let wall_clock_ns = lookup.wall_clock_ns();
    for (code, count) in [
        (WarningCode::ForeignTables, foreign),
        (WarningCode::NotDrawn, not_drawn),
        (WarningCode::UnfinishedExport, u64::from(has_journal(path))),
        (WarningCode::NoWallClock, u64::from(wall_clock_ns.is_none())),
    ] {
        trace.warnings.add_many(code, count);
    }
    let meta = TraceMeta {
        source: stamp,
        format: "nsys".to_owned(),
        compressed: database.is_compressed(),
        origin_ns: wall_clock_ns.unwrap_or(0).saturating_add(trace.first_ns),
        end_ns: trace.slices.iter().flatten().map(Slice::end_ns).max().unwrap_or(0),
        rank: None,
        world_size: None,
        rules_version: RULES_VERSION,
        devices: lookup.devices(),
        tracks: trace.tracks,
        counters: trace.counters,
        categories,
        counts: trace.counts,
        warnings: trace.warnings.to_list(),
        diagnostics: diagnostics(&lookup, &schema),
    };
    Ok(TraceData {
        meta,
        slices: trace.slices,
        names: trace.names,
        instants: trace.instants,
        samples: trace.samples,
        flows: Vec::new(),
        checkpoints: Vec::new(),
    })
}

fn assemble(
    batches: Vec<Batch>,
    lookup: &mut Lookup<'_>,
    tables: &[Table],
    categories: &[String],
    cancel: &Cancel,
) -> Assembled {
    let mut assembler = Assembler::new(lookup, categories);
    for batch in batches {
        assembler.add(batch);
    }
    let scheduling = tables.iter().find(|table| table.reader == Reader::Scheduling);
    let name_of = |table: &Table| categories.get(usize::from(table.category)).cloned().unwrap_or_default();
    let libraries = tables.iter().map(|table| (table.index, name_of(table))).collect();
    assembler.finish(scheduling.map_or(0, |table| table.category), libraries, cancel)
}

/// Old exports do not say which process device work belongs to: it is the one that called the API.
fn default_process(connection: &Connection, schema: &Schema) -> i64 {
    if !schema.has_column("CUPTI_ACTIVITY_KIND_RUNTIME", "globalTid") {
        return 0;
    }
    let query = "SELECT globalTid FROM CUPTI_ACTIVITY_KIND_RUNTIME LIMIT 1";
    connection.query_row(query, [], |row| Ok(integer(row, 0))).ok().flatten().map_or(0, process_of)
}

/// Exports are written row after row, so that the last row's number is the number of rows.
fn counted_rows(connection: &Connection, schema: &Schema) -> u64 {
    let rows_of = |table: &&str| -> Option<u64> {
        let query = format!("SELECT max(rowid) - min(rowid) + 1 FROM {}", quoted(table));
        let rows: Option<i64> = connection.query_row(&query, [], |row| row.get(0)).ok()?;
        u64::try_from(rows?).ok()
    };
    COUNTED.iter().filter(|table| schema.has(table)).filter_map(rows_of).sum()
}

fn has_journal(path: &Path) -> bool {
    ["-wal", "-journal"].iter().any(|suffix| {
        let mut name = path.as_os_str().to_os_string();
        name.push(suffix);
        std::fs::metadata(name).is_ok_and(|journal| journal.len() > 0)
    })
}

fn no_report(path: &Path, foreign: u64) -> TraceError {
    let what = if foreign > 0 {
        "its tables of events are not what their names promise"
    } else {
        "it holds no table of events"
    };
    let message = format!(
        "{} is a database, but no report of Nsight Systems that Iterscope reads: {what}. Choose what \
         \"nsys export --type sqlite\" wrote.",
        path.display()
    );
    TraceError::at(ErrorCode::TraceNotATrace, path, message)
}

fn too_large(path: &Path) -> TraceError {
    let message = format!(
        "{} holds more than 4,294,967,295 slices. Export a smaller window of time first.",
        path.display()
    );
    TraceError::at(ErrorCode::IngestTooLarge, path, message)
}
