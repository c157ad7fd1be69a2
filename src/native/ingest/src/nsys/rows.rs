// SPDX-License-Identifier: Apache-2.0
//! Rows to records, one function for each kind of table. A row that lacks what its record needs is none.

use iterscope_model::WarningCode;
use rusqlite::Row;
use rustc_hash::FxHashSet;

use super::batch::{Batch, MetricSample, ROW_BITS, Record, Switch, possible};
use super::labels::Label;
use super::nvtx::{self, EventTypes};
use super::place::{Place, Section, pid_of, process_of};
use super::tables::{Reader, Table};
use super::value::{integer, is_null, real, text};

/// What all rows of a report have in common.
#[derive(Debug)]
pub struct Context {
    /// Only records of this process are wanted.
    pub scope: Option<u32>,
    /// Process of device work in exports that do not say.
    pub default_process: i64,
    pub event_types: EventTypes,
    /// Strings that name a garbage collection.
    pub collections: FxHashSet<i64>,
}

impl Context {
    /// Whether records of this (packed) process are wanted.
    pub fn wants(&self, process: i64) -> bool {
        self.scope.is_none_or(|pid| pid_of(process) == i64::from(pid))
    }
}

/// Adds what a row says to a batch; none when the row cannot be understood.
pub fn read_row(table: &Table, row: &Row<'_>, context: &Context, batch: &mut Batch) -> Option<()> {
    match table.reader {
        Reader::Api => api_call(table, row, context, batch),
        Reader::Nvtx => nvtx::read_row(table, row, context, batch),
        Reader::Scheduling => switch(table, row, context, batch),
        Reader::Metrics => metric(row, batch),
        Reader::OsRuntime | Reader::Overhead | Reader::Ranges => range(table, row, context, batch),
        Reader::Kernels | Reader::Copies | Reader::Sets | Reader::Graphs | Reader::Waits => {
            device_record(table, row, context, batch)
        }
    }
}

/// Table and number of a row, as one number.
pub fn offset_of(table: &Table, row: &Row<'_>) -> u64 {
    let rowid = integer(row, 0).and_then(|rowid| u64::try_from(rowid).ok()).unwrap_or(0);
    u64::from(table.index) << ROW_BITS | rowid & ((1 << ROW_BITS) - 1)
}

fn device_record(table: &Table, row: &Row<'_>, context: &Context, batch: &mut Batch) -> Option<()> {
    let process = integer(row, 6).unwrap_or(context.default_process);
    if !context.wants(process) {
        return Some(());
    }
    let (device, in_context) = (integer(row, 3).unwrap_or(0), integer(row, 4).unwrap_or(0));
    let place = match table.reader {
        Reader::Waits => Place::Waits { process, device, context: in_context },
        _ => Place::Stream { process, device, context: in_context, stream: integer(row, 5)? },
    };
    let what = integer(row, 8);
    let label = match (table.reader, what) {
        (Reader::Kernels, Some(name)) => Label::String(name),
        (Reader::Copies, kind) => {
            let end = |column| integer(row, column).unwrap_or(-1);
            Label::Copy { kind: kind.unwrap_or(0), from: end(9), to: end(10) }
        }
        (Reader::Sets, kind) => Label::Set(kind.unwrap_or(-1)),
        (Reader::Graphs, graph) => Label::Graph(graph.unwrap_or(-1)),
        (Reader::Waits, kind) => Label::Wait(kind.unwrap_or(0)),
        _ => Label::Unnamed,
    };
    let label = batch.label(label, table.category);
    let record = Record {
        start_ns: integer(row, 1)?,
        end_ns: Some(integer(row, 2)?),
        correlation: integer(row, 7).unwrap_or(0),
        place,
        category: table.category,
        source_offset: offset_of(table, row),
    };
    batch.add(&record, label)
}

/// `ENUM_NSYS_EVENT_CLASS`: 0 is the runtime, 1 the driver.
const DRIVER_CLASS: i64 = 1;

fn api_call(table: &Table, row: &Row<'_>, context: &Context, batch: &mut Batch) -> Option<()> {
    let thread = integer(row, 3)?;
    if !context.wants(process_of(thread)) {
        return Some(());
    }
    let is_driver = integer(row, 6) == Some(DRIVER_CLASS);
    let category = table.category + u8::from(is_driver);
    let label = batch.label(integer(row, 5).map_or(Label::Unnamed, Label::String), category);
    let record = Record {
        start_ns: integer(row, 1)?,
        end_ns: integer(row, 2),
        correlation: integer(row, 4).unwrap_or(0),
        place: Place::Thread { thread, section: Section::Api },
        category,
        source_offset: offset_of(table, row),
    };
    batch.add(&record, label)
}

fn range(table: &Table, row: &Row<'_>, context: &Context, batch: &mut Batch) -> Option<()> {
    let thread = integer(row, 3)?;
    if !context.wants(process_of(thread)) {
        return Some(());
    }
    let section = match table.reader {
        Reader::OsRuntime => Section::OsRuntime,
        Reader::Overhead => Section::Overhead,
        _ => Section::Ranges(table.index),
    };
    let label = match integer(row, 4) {
        Some(string) => batch.label(Label::String(string), table.category),
        None => match text(row, 5) {
            Some((text, repaired)) => batch.text_label(&text, repaired, table.category),
            None => batch.label(Label::Unnamed, table.category),
        },
    };
    let end_ns = integer(row, 2);
    if end_ns.is_none() && !is_null(row, 2) {
        return None;
    }
    let record = Record {
        start_ns: integer(row, 1)?,
        end_ns,
        correlation: 0,
        place: Place::Thread { thread, section },
        category: table.category,
        source_offset: offset_of(table, row),
    };
    batch.add(&record, label)
}

fn switch(table: &Table, row: &Row<'_>, context: &Context, batch: &mut Batch) -> Option<()> {
    let thread = integer(row, 3)?;
    if context.wants(process_of(thread)) {
        batch.switches.push(Switch {
            thread,
            at_ns: possible(integer(row, 1)?)?,
            gets_core: integer(row, 2)? != 0,
            core: integer(row, 4).unwrap_or(-1),
            source_offset: offset_of(table, row),
        });
    }
    Some(())
}

/// Bits of a metric's type that number the device.
const DEVICE_BITS: i64 = 0xff;

fn metric(row: &Row<'_>, batch: &mut Batch) -> Option<()> {
    let device = u32::try_from(integer(row, 2).unwrap_or(0) & DEVICE_BITS).unwrap_or(0);
    let (metric, at_ns) = (integer(row, 3)?, possible(integer(row, 1)?)?);
    match real(row, 4) {
        Some(value) => batch.samples.push(MetricSample { device, metric, at_ns, value }),
        None => batch.warnings.add(WarningCode::CounterValueUnreadable),
    }
    batch.counts.counters += 1;
    Some(())
}
