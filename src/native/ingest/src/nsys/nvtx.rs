// SPDX-License-Identifier: Apache-2.0
//! NVTX rows: ranges, marks, and the names of domains. Colours, categories and payloads stay in the report and are
//! read with a slice's arguments.

use rusqlite::{Connection, Row};

use super::batch::{Batch, Record};
use super::labels::Label;
use super::place::{Place, Section, process_of};
use super::rows::{Context, offset_of};
use super::schema::Schema;
use super::tables::Table;
use super::value::{integer, is_null, text};

const GARBAGE_COLLECTION: &str = "python gc";

/// Numbers of the kinds of NVTX rows; a report states its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventTypes {
    ranges: Vec<i64>,
    marks: Vec<i64>,
    domains: Vec<i64>,
}

impl EventTypes {
    /// # Errors
    /// The database's own.
    pub fn of(connection: &Connection, schema: &Schema) -> rusqlite::Result<Self> {
        const ENUM: &str = "ENUM_NSYS_EVENT_TYPE";
        let mut types = Self { ranges: Vec::new(), marks: Vec::new(), domains: Vec::new() };
        if schema.has_column(ENUM, "id") && schema.has_column(ENUM, "name") {
            let mut statement = connection.prepare("SELECT id, name FROM ENUM_NSYS_EVENT_TYPE")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (Some(id), Some((name, _))) = (integer(row, 0), text(row, 1)) else { continue };
                match &*name {
                    "NvtxPushPopRange" | "NvtxStartEndRange" | "NvtxtPushPopRange" | "NvtxtStartEndRange" => {
                        types.ranges.push(id);
                    }
                    "NvtxMark" | "NvtxtMark" => types.marks.push(id),
                    "NvtxDomainCreate" => types.domains.push(id),
                    _ => {}
                }
            }
        }
        Ok(if types.ranges.is_empty() { Self::usual() } else { types })
    }

    /// The numbers of all versions seen so far.
    fn usual() -> Self {
        Self { ranges: vec![59, 60, 70, 71], marks: vec![34, 65], domains: vec![75] }
    }
}

/// Adds an NVTX row to a batch; none when it cannot be understood.
pub fn read_row(table: &Table, row: &Row<'_>, context: &Context, batch: &mut Batch) -> Option<()> {
    let (thread, event_type) = (integer(row, 3)?, integer(row, 4)?);
    if !context.wants(process_of(thread)) {
        return Some(());
    }
    let domain = integer(row, 5).unwrap_or(0);
    let types = &context.event_types;
    if types.domains.contains(&event_type) {
        let own_text = text(row, 7).map(|(text, _)| Label::Text(text.into()));
        let label = own_text.or_else(|| integer(row, 6).map(Label::String)).unwrap_or(Label::Unnamed);
        batch.domains.push((process_of(thread), domain, label));
        batch.counts.metadata += 1;
        return Some(());
    }
    let is_mark = types.marks.contains(&event_type);
    if !is_mark && !types.ranges.contains(&event_type) {
        batch.counts.others += 1;
        return Some(());
    }
    let (label, is_collection) = name_of(row, table.category, context, batch);
    let start_ns = integer(row, 1)?;
    let end_ns = if is_mark { Some(start_ns) } else { integer(row, 2) };
    if end_ns.is_none() && !is_null(row, 2) {
        return None;
    }
    let section = if is_collection { Section::GarbageCollection } else { Section::Domain(domain) };
    let record = Record {
        start_ns,
        end_ns,
        correlation: 0,
        place: Place::Thread { thread, section },
        category: table.category,
        source_offset: offset_of(table, row),
    };
    if is_mark { batch.mark(&record, label) } else { batch.add(&record, label) }
}

/// The name's number in the batch, and whether it is that of a garbage collection.
fn name_of(row: &Row<'_>, category: u8, context: &Context, batch: &mut Batch) -> (u32, bool) {
    if let Some((text, repaired)) = text(row, 7) {
        return (batch.text_label(&text, repaired, category), is_collection(&text));
    }
    let string = integer(row, 6);
    let is_collection = string.is_some_and(|id| context.collections.contains(&id));
    (batch.label(string.map_or(Label::Unnamed, Label::String), category), is_collection)
}

/// Whether a range of this name is a garbage collection of Python.
pub fn is_collection(name: &str) -> bool {
    name.get(..GARBAGE_COLLECTION.len()).is_some_and(|start| start.eq_ignore_ascii_case(GARBAGE_COLLECTION))
}
