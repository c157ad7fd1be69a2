// SPDX-License-Identifier: Apache-2.0
//! Small tables whose columns somebody else has put together.

use std::path::Path;

use iterscope_model::Result;

use crate::csv::cell;
use crate::file::Partial;
use crate::parquet_file::{Cells, Head, ParquetFile};

/// Writes a table as CSV: a missing cell is empty.
///
/// # Errors
/// `export.unwritable`.
pub fn write_table_csv(heads: &[Head], columns: &[Cells], target: &Path) -> Result<u64> {
    let mut file = Partial::create(target)?;
    let names: Vec<_> = heads.iter().map(|head| cell(&head.name)).collect();
    file.put(names.join(",").as_bytes())?;
    file.put(b"\n")?;
    for row in 0..columns.first().map_or(0, Cells::len) {
        let cells: Vec<_> = columns.iter().map(|cells| cells.text(row)).collect();
        file.put(cells.join(",").as_bytes())?;
        file.put(b"\n")?;
    }
    file.finish()
}

/// Writes a table as Parquet.
///
/// # Errors
/// `export.unwritable`.
pub fn write_table_parquet(heads: &[Head], columns: Vec<Cells>, target: &Path) -> Result<u64> {
    let mut file = ParquetFile::create(target, heads, &[])?;
    let mut columns = columns.into_iter();
    file.write_group(|_| Ok(columns.next().unwrap_or(Cells::Whole(Vec::new()))))?;
    file.finish()
}

impl Cells {
    /// How many there are.
    fn len(&self) -> usize {
        match self {
            Self::Whole(cells) => cells.len(),
            Self::Id(cells) => cells.len(),
            Self::Truth(cells) => cells.len(),
            Self::Text(cells) => cells.len(),
        }
    }

    /// One as CSV has it.
    fn text(&self, row: usize) -> String {
        let shown = match self {
            Self::Whole(cells) => cells[row].map(|whole| whole.to_string()),
            Self::Id(cells) => cells[row].map(|id| id.to_string()),
            Self::Truth(cells) => cells[row].map(|truth| truth.to_string()),
            Self::Text(cells) => cells[row].as_deref().map(|text| cell(&String::from_utf8_lossy(text))),
        };
        shown.unwrap_or_default()
    }
}
