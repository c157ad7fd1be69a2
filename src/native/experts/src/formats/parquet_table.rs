// SPDX-License-Identifier: Apache-2.0
//! The same tables as columns of a Parquet file.

use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::path::Path;

use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};

use super::rows::{RankCounts, statistics_of};
use super::table::Columns;
use crate::error::ExpertsError;
use crate::regular;
use crate::statistics::ExpertStatistics;

/// Reads a Parquet file with the columns iteration, layer, expert and tokens, rank where there are several; others are left
/// out.
///
/// # Errors
/// [`ExpertsError::Unreadable`]; [`ExpertsError::Damaged`] with the row that is not understood.
pub fn read_parquet(path: &Path) -> Result<ExpertStatistics, ExpertsError> {
    // The library answers most damaged files with an error, but not all.
    catch_unwind(|| read_columns(path)).unwrap_or_else(|_| {
        let reason = "its columns do not fit together".to_owned();
        Err(ExpertsError::Damaged { path: path.to_owned(), reason })
    })
}

fn read_columns(path: &Path) -> Result<ExpertStatistics, ExpertsError> {
    let file =
        regular::open(path).map_err(|source| ExpertsError::Unreadable { path: path.to_owned(), source })?;
    let damaged = |reason: String| ExpertsError::Damaged { path: path.to_owned(), reason };
    let not_read = |error: ParquetError| damaged(sentence_part(&error));
    let reader = SerializedFileReader::new(file).map_err(not_read)?;
    let schema = reader.metadata().file_metadata().schema_descr();
    let names: Vec<&str> = schema.root_schema().get_fields().iter().map(|field| field.name()).collect();
    let columns = Columns::of(&names).map_err(damaged)?;
    let mut ranks: BTreeMap<u32, RankCounts> = BTreeMap::new();
    for (at, row) in reader.get_row_iter(None).map_err(not_read)?.enumerate() {
        let row = row.map_err(not_read)?;
        let (rank, key, tokens) = columns
            .read(|column| number_of(&row, column))
            .map_err(|reason| damaged(format!("row {at}: {reason}")))?;
        *ranks.entry(rank).or_default().entry(key).or_default() += tokens;
    }
    statistics_of(path, &ranks)
}

/// A whole number, or what is there instead.
fn number_of(row: &Row, column: usize) -> Result<u64, String> {
    let field = row.get_column_iter().nth(column).map(|(_, field)| field);
    let number = match field {
        Some(Field::Byte(value)) => u64::try_from(*value).ok(),
        Some(Field::Short(value)) => u64::try_from(*value).ok(),
        Some(Field::Int(value)) => u64::try_from(*value).ok(),
        Some(Field::Long(value)) => u64::try_from(*value).ok(),
        Some(Field::UByte(value)) => Some(u64::from(*value)),
        Some(Field::UShort(value)) => Some(u64::from(*value)),
        Some(Field::UInt(value)) => Some(u64::from(*value)),
        Some(Field::ULong(value)) => Some(*value),
        _ => None,
    };
    number.ok_or_else(|| field.map_or_else(String::new, ToString::to_string))
}

fn sentence_part(error: &ParquetError) -> String {
    error.to_string().trim_end_matches('.').to_owned()
}
