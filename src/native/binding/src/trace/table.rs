// SPDX-License-Identifier: Apache-2.0
//! Tables that JavaScript put together, as files.

use std::path::PathBuf;

use iterscope_export::{Cell, Cells, Head, write_table_csv, write_table_parquet};
use iterscope_model::{ErrorCode, Result, TraceError};
use napi::bindgen_prelude::AsyncTask;
use napi_derive::napi;

use super::objects::{count, whole};
use super::work::{Work, run};

/// A column, by name, with a cell for each row in exactly one of its lists; null is a missing cell.
#[napi(object)]
pub struct TableColumn {
    /// Its name.
    pub name: String,
    /// Whole numbers.
    pub wholes: Option<Vec<Option<f64>>>,
    /// Texts.
    pub texts: Option<Vec<Option<String>>>,
    /// True or false.
    pub truths: Option<Vec<Option<bool>>>,
}

/// Writes a table to a file, replacing one that is there, and gives its size in bytes.
#[napi(
    ts_args_type = "format: 'csv' | 'parquet', columns: TableColumn[], targetPath: string",
    ts_return_type = "Promise<number>"
)]
pub fn write_table(format: String, columns: Vec<TableColumn>, target_path: String) -> AsyncTask<Work<f64>> {
    run(move || {
        let target = PathBuf::from(target_path);
        let (heads, cells): (Vec<_>, Vec<_>) =
            columns.into_iter().map(read).collect::<Result<Vec<_>>>()?.into_iter().unzip();
        let bytes = match format.as_str() {
            "csv" => write_table_csv(&heads, &cells, &target)?,
            "parquet" => write_table_parquet(&heads, cells, &target)?,
            _ => {
                return Err(malformed(&format!(
                    "Tables are not written as {format}: ask for csv or parquet."
                )));
            }
        };
        Ok(count(bytes))
    })
}

fn read(column: TableColumn) -> Result<(Head, Cells)> {
    let TableColumn { name, wholes, texts, truths } = column;
    let (cell, cells) = match (wholes, texts, truths) {
        (Some(cells), None, None) => {
            (Cell::Whole, Cells::Whole(cells.into_iter().map(|cell| cell.map(whole)).collect()))
        }
        (None, Some(cells), None) => {
            let bytes = cells.into_iter().map(|cell| cell.map(Into::into));
            (Cell::Text, Cells::Text(bytes.collect()))
        }
        (None, None, Some(cells)) => (Cell::Truth, Cells::Truth(cells)),
        _ => return Err(malformed(&format!("The column {name} needs exactly one list of cells."))),
    };
    Ok((Head { name, cell }, cells))
}

fn malformed(message: &str) -> TraceError {
    TraceError::new(ErrorCode::QueryOutOfRange, message)
}
