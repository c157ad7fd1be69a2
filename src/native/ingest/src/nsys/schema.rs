// SPDX-License-Identifier: Apache-2.0
//! What an export really holds. Only ordinary tables with row numbers count: a view or a virtual table of the same
//! name runs its author's code, and is left out.

use std::collections::BTreeMap;

use rusqlite::Connection;

/// Tables and their stored columns.
#[derive(Debug, Default)]
pub struct Schema {
    tables: BTreeMap<String, Vec<String>>,
    /// Names of views, virtual tables and tables without row numbers.
    foreign: Vec<String>,
}

impl Schema {
    /// # Errors
    /// The database's own.
    pub fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let mut schema = Self::default();
        let mut statement = connection
            .prepare("SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view')")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (Ok(name), Ok(kind)) = (row.get::<_, String>(0), row.get::<_, String>(1)) else { continue };
            let sql: String = row.get(2).unwrap_or_default();
            let is_virtual = sql.trim_start().to_ascii_uppercase().starts_with("CREATE VIRTUAL");
            if kind == "table" && !is_virtual && has_row_numbers(connection, &name) {
                let columns = stored_columns(connection, &name).unwrap_or_default();
                schema.tables.insert(name, columns);
            } else {
                schema.foreign.push(name);
            }
        }
        Ok(schema)
    }

    pub fn has(&self, table: &str) -> bool {
        self.tables.contains_key(table)
    }

    pub fn has_column(&self, table: &str, column: &str) -> bool {
        self.columns(table).iter().any(|known| known == column)
    }

    pub fn columns(&self, table: &str) -> &[String] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }

    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }

    /// Whether something that is no ordinary table has this name.
    pub fn is_foreign(&self, table: &str) -> bool {
        self.foreign.iter().any(|name| name == table)
    }

    /// A list of columns for a query; of `a|b` the first that the table has; those that it lacks are null.
    pub fn column_list(&self, table: &str, columns: &[&str]) -> String {
        let one = |names: &&str| {
            let found = names.split('|').find(|name| self.has_column(table, name));
            found.map_or_else(|| "NULL".to_owned(), quoted)
        };
        columns.iter().map(one).collect::<Vec<String>>().join(", ")
    }
}

/// A name as a query may hold it.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn has_row_numbers(connection: &Connection, table: &str) -> bool {
    connection.prepare(&format!("SELECT rowid FROM {}", quoted(table))).is_ok()
}

/// Columns but those that are computed from others.
fn stored_columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("PRAGMA table_xinfo({})", quoted(table)))?;
    let mut rows = statement.query([])?;
    let mut columns = Vec::new();
    while let Some(row) = rows.next()? {
        if row.get::<_, i64>("hidden")? == 0 {
            columns.push(row.get("name")?);
        }
    }
    Ok(columns)
}
