// SPDX-License-Identifier: Apache-2.0
//! A Parquet file in the making: columns by name, written in groups of rows, Snappy-compressed.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use iterscope_model::{Result, TraceError};
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnPath, Type, TypePtr};

use crate::file::Partial;

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Whole numbers, signed, 64 bits.
    Whole,
    /// The same, rising for the most part: times and row numbers.
    Rising,
    /// Numbers that name something, unsigned, 32 bits.
    Id,
    /// True or false.
    Truth,
    /// Texts, many of them equal.
    Text,
}

/// A column. Any of its cells may be missing.
#[derive(Debug, Clone)]
pub struct Head {
    /// Its name.
    pub name: String,
    /// What its cells are.
    pub cell: Cell,
}

/// Cells of a column, of the kind that its head says.
#[derive(Debug, Clone, PartialEq)]
pub enum Cells {
    /// Whole numbers.
    Whole(Vec<Option<i64>>),
    /// Numbers that name something.
    Id(Vec<Option<u32>>),
    /// True or false.
    Truth(Vec<Option<bool>>),
    /// Texts.
    Text(Vec<Option<Bytes>>),
}

/// The file.
pub struct ParquetFile<'a> {
    writer: SerializedFileWriter<Partial<'a>>,
    target: &'a Path,
}

impl<'a> ParquetFile<'a> {
    /// Begins beside the target. `about` are facts of the whole file.
    pub fn create(target: &'a Path, heads: &[Head], about: &[(&str, String)]) -> Result<Self> {
        let file = Partial::create(target)?;
        let schema = schema_of(heads).map_err(|cause| failure(target, cause))?;
        let writer = SerializedFileWriter::new(file, schema, Arc::new(properties_of(heads, about)))
            .map_err(|cause| failure(target, cause))?;
        Ok(Self { writer, target })
    }

    /// Writes a group of rows; `cells_of` is asked for one column after another.
    pub fn write_group(&mut self, mut cells_of: impl FnMut(usize) -> Result<Cells>) -> Result<()> {
        let target = self.target;
        let failed = |cause| failure(target, cause);
        let mut group = self.writer.next_row_group().map_err(failed)?;
        let mut at = 0;
        while let Some(mut column) = group.next_column().map_err(failed)? {
            write_cells(&mut column, cells_of(at)?).map_err(failed)?;
            column.close().map_err(failed)?;
            at += 1;
        }
        group.close().map_err(failed)?;
        Ok(())
    }

    /// Puts it in its place and gives its size in bytes.
    pub fn finish(self) -> Result<u64> {
        self.writer.into_inner().map_err(|cause| failure(self.target, cause))?.finish()
    }
}

fn schema_of(heads: &[Head]) -> std::result::Result<TypePtr, ParquetError> {
    let column = |Head { name, cell }: &Head| {
        let (physical, logical) = match cell {
            Cell::Whole | Cell::Rising => (Physical::INT64, None),
            Cell::Id => (Physical::INT32, Some(LogicalType::integer(32, false))),
            Cell::Truth => (Physical::BOOLEAN, None),
            Cell::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        };
        Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build()
            .map(Arc::new)
    };
    let columns = heads.iter().map(column).collect::<std::result::Result<Vec<_>, _>>()?;
    Type::group_type_builder("table").with_fields(columns).build().map(Arc::new)
}

fn properties_of(heads: &[Head], about: &[(&str, String)]) -> WriterProperties {
    let facts = about.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone()));
    let start = WriterProperties::builder()
        .set_created_by(concat!("iterscope ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_key_value_metadata(Some(facts.collect()));
    let rising = heads.iter().filter(|head| head.cell == Cell::Rising);
    rising
        .fold(start, |properties, head| {
            let path = ColumnPath::new(vec![head.name.clone()]);
            properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED)
        })
        .build()
}

fn write_cells(
    column: &mut SerializedColumnWriter<'_>,
    cells: Cells,
) -> std::result::Result<(), ParquetError> {
    match cells {
        Cells::Whole(cells) => write_batch::<Int64Type, _>(column, cells, |whole| whole),
        Cells::Id(cells) => write_batch::<Int32Type, _>(column, cells, u32::cast_signed),
        Cells::Truth(cells) => write_batch::<BoolType, _>(column, cells, |truth| truth),
        Cells::Text(cells) => write_batch::<ByteArrayType, _>(column, cells, ByteArray::from),
    }
}

fn write_batch<D: DataType, T>(
    column: &mut SerializedColumnWriter<'_>,
    cells: Vec<Option<T>>,
    stored: impl Fn(T) -> D::T,
) -> std::result::Result<(), ParquetError> {
    let present: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    let values: Vec<D::T> = cells.into_iter().flatten().map(stored).collect();
    column.typed::<D>().write_batch(&values, Some(&present), None)?;
    Ok(())
}

fn failure(target: &Path, cause: ParquetError) -> TraceError {
    let cause = match cause {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(io) => *io,
            Err(other) => std::io::Error::other(other),
        },
        other => std::io::Error::other(other),
    };
    TraceError::exporting(target, &cause)
}
