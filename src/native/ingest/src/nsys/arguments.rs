// SPDX-License-Identifier: Apache-2.0
//! Arguments of a slice: the whole row of its table, with numbers of strings and kinds resolved, read when asked for.

use std::path::Path;

use iterscope_model::{Result, Row as Slice};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Statement};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::batch::ROW_BITS;
use super::database::Database;
use super::lookup::Lookup;
use super::schema::{Schema, quoted};
use super::tables::{Table, tables_of};
use crate::progress::Cancel;

/// Columns that other parts of the details already say.
const SAID_ELSEWHERE: [&str; 2] = ["start", "end"];
/// Columns that hold a string's number, and what they are called when they hold the string.
const STRINGS: [(&str, &str); 7] = [
    ("shortName", "short name"),
    ("demangledName", "name"),
    ("mangledName", "mangled name"),
    ("nameId", "name"),
    ("textId", "text"),
    ("jsonTextId", "payload"),
    ("callchainId", "call chain"),
];

/// The row behind a slice as JSON text; none when the report no longer has it.
///
/// # Errors
/// `trace.not-found` or `trace.unreadable`.
pub fn report_args(path: &Path, offset: u64) -> Result<Option<String>> {
    let mut found = None;
    ReportArguments::open(path)?.each(std::iter::once((0, offset)), &mut |_, args| {
        found = Some(args.to_owned());
        Ok(())
    })?;
    Ok(found)
}

/// A report opened for its arguments.
pub struct ReportArguments(Database);

impl ReportArguments {
    /// # Errors
    /// `trace.not-found` or `trace.unreadable`.
    pub fn open(path: &Path) -> Result<Self> {
        Database::open(path, &Cancel::default()).map(Self)
    }

    /// Tells the arguments of slices by row and offset; slices without a row in the report are passed over.
    ///
    /// # Errors
    /// `trace.unreadable`, and what the listener gives.
    pub fn each(
        &self,
        slices: impl Iterator<Item = (Slice, u64)>,
        tell: &mut dyn FnMut(Slice, &str) -> Result<()>,
    ) -> Result<()> {
        let connection = self.0.connect()?;
        let schema = Schema::of(&connection).map_err(|cause| self.0.failure(&cause))?;
        let (tables, _, _) = tables_of(&schema);
        let lookup = Lookup::of(&connection, &schema);
        let mut readers: FxHashMap<usize, Option<RowReader<'_>>> = FxHashMap::default();
        for (slice, offset) in slices {
            let index = usize::try_from(offset >> ROW_BITS).unwrap_or(usize::MAX);
            let open = || RowReader::open(&connection, &schema, tables.get(index)?);
            let rowid = i64::try_from(offset & ((1 << ROW_BITS) - 1)).unwrap_or(0);
            let reader = readers.entry(index).or_insert_with(open);
            if let Some(values) = reader.as_mut().and_then(|reader| reader.row(rowid, &lookup)) {
                tell(slice, &Value::Object(values).to_string())?;
            }
        }
        Ok(())
    }
}

/// Reads rows of one table by number.
struct RowReader<'a> {
    statement: Statement<'a>,
    columns: &'a [String],
}

impl<'a> RowReader<'a> {
    fn open(connection: &'a Connection, schema: &'a Schema, table: &Table) -> Option<Self> {
        let columns = schema.columns(&table.name);
        let list = columns.iter().map(|column| quoted(column)).collect::<Vec<String>>().join(", ");
        let query = format!("SELECT {list} FROM {} WHERE rowid = ?1", quoted(&table.name));
        Some(Self { statement: connection.prepare(&query).ok()?, columns })
    }

    fn row(&mut self, rowid: i64, lookup: &Lookup<'_>) -> Option<Map<String, Value>> {
        let columns = self.columns;
        let values = |row: &Row<'_>| {
            let pairs =
                columns.iter().enumerate().filter_map(|(index, column)| value(row, index, column, lookup));
            Ok(pairs.collect::<Map<String, Value>>())
        };
        self.statement.query_row([rowid], values).ok()
    }
}

/// Name and value of a column; none when it says nothing.
fn value(row: &Row<'_>, index: usize, column: &str, lookup: &Lookup<'_>) -> Option<(String, Value)> {
    if SAID_ELSEWHERE.contains(&column) {
        return None;
    }
    let value = match row.get_ref(index).ok()? {
        ValueRef::Null => return None,
        ValueRef::Integer(number) => return Some(whole_number(column, number, lookup)),
        ValueRef::Real(number) => Value::from(number),
        ValueRef::Text(bytes) => Value::from(String::from_utf8_lossy(bytes)),
        ValueRef::Blob(bytes) => Value::from(format!("{} bytes", bytes.len())),
    };
    Some((column.to_owned(), value))
}

fn whole_number(column: &str, number: i64, lookup: &Lookup<'_>) -> (String, Value) {
    let string = STRINGS.iter().find(|(name, _)| *name == column);
    if let Some((label, text)) = string.and_then(|(_, label)| Some((label, lookup.string(number)?))) {
        return ((*label).to_owned(), Value::from(text));
    }
    if column == "color" {
        let rgb = number & 0x00FF_FFFF;
        return (column.to_owned(), Value::from(format!("#{rgb:06x}")));
    }
    (column.to_owned(), Value::from(number))
}
