// SPDX-License-Identifier: Apache-2.0
//! Arrow IPC files of one record batch: written from vectors, read as slices of mapped memory.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use arrow_array::types::ArrowPrimitiveType;
use arrow_array::{Array, ArrayRef, LargeBinaryArray, LargeStringArray, PrimitiveArray, RecordBatch};
use arrow_buffer::{Buffer, ScalarBuffer};
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{FileDecoder, read_footer_length};
use arrow_ipc::writer::FileWriter;
use arrow_ipc::{Block, root_as_footer, root_as_message};
use arrow_schema::{ArrowError, Field, Schema};
use iterscope_model::{Result, TraceError};

const TRAILER_BYTES: usize = 10;
/// Written at once.
const PIECE_BYTES: usize = 4 << 20;
/// What stands before the length of a message.
const CONTINUATION_MARKER: [u8; 4] = [0xff; 4];

/// A store being written: its folder, and what says that it is not wanted any more.
pub struct Writing<'a> {
    /// Where the files go.
    pub folder: &'a Path,
    /// Gives the error to end with.
    pub check: &'a (dyn Fn() -> Result<()> + Sync),
}

impl Writing<'_> {
    /// Writes one batch of named columns as a file of this name.
    ///
    /// # Errors
    /// `store.no-space` or `store.unwritable`, and that of the check.
    pub fn columns(&self, name: &str, columns: Vec<(&str, ArrayRef)>) -> Result<()> {
        (self.check)()?;
        let path = self.folder.join(name);
        let fields: Vec<Field> =
            columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), false)).collect();
        let schema = Arc::new(Schema::new(fields));
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        let write = || -> std::result::Result<(), ArrowError> {
            let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)?;
            let file = PieceWriter { file: File::create(&path)?, check: self.check };
            let mut writer = FileWriter::try_new(BufWriter::with_capacity(1 << 20, file), &schema)?;
            writer.write(&batch)?;
            writer.finish()?;
            writer.into_inner()?.flush()?;
            Ok(())
        };
        write().map_err(|cause| match (self.check)() {
            Err(stopped) => stopped,
            Ok(()) => match cause {
                ArrowError::IoError(_, io) => TraceError::writing(&path, &io),
                other => TraceError::writing(&path, &std::io::Error::other(other.to_string())),
            },
        })
    }
}

/// Writes a file in pieces, and asks before each whether to go on.
struct PieceWriter<'a> {
    file: File,
    check: &'a (dyn Fn() -> Result<()> + Sync),
}

impl Write for PieceWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        (self.check)().map_err(|error| std::io::Error::other(error.message))?;
        self.file.write(&bytes[..bytes.len().min(PIECE_BYTES)])
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// A column from a vector, without a copy.
pub fn column<T: ArrowPrimitiveType>(values: Vec<T::Native>) -> ArrayRef {
    Arc::new(PrimitiveArray::<T>::new(ScalarBuffer::from(values), None))
}

/// A column that shares its values.
pub fn shared_column<T: ArrowPrimitiveType>(values: &ScalarBuffer<T::Native>) -> ArrayRef {
    Arc::new(PrimitiveArray::<T>::new(values.clone(), None))
}

/// Reads the one batch of a mapped file without copying its columns.
///
/// # Errors
/// `store.damaged` when the bytes are no Arrow file of one batch.
pub fn read_batch(path: &Path, bytes: &Buffer) -> Result<RecordBatch> {
    decode(bytes).map_err(|cause| TraceError::damaged(path, &cause.to_string()))
}

fn decode(bytes: &Buffer) -> std::result::Result<RecordBatch, ArrowError> {
    let invalid = |what: &str| ArrowError::IpcError(what.to_owned());
    let body_end = bytes.len().checked_sub(TRAILER_BYTES).ok_or_else(|| invalid("the file is too short"))?;
    let trailer: [u8; TRAILER_BYTES] =
        bytes[body_end..].try_into().map_err(|_| invalid("the file has no end mark"))?;
    let footer_start = body_end
        .checked_sub(read_footer_length(trailer)?)
        .ok_or_else(|| invalid("the footer is too long"))?;
    let footer = root_as_footer(&bytes[footer_start..body_end])
        .map_err(|cause| ArrowError::IpcError(cause.to_string()))?;
    let schema =
        Arc::new(try_fb_to_schema(footer.schema().ok_or_else(|| invalid("the footer has no schema"))?)?);
    let batches = footer.recordBatches().ok_or_else(|| invalid("the footer lists no batch"))?;
    if batches.len() != 1 {
        return Err(invalid("the file does not hold exactly one batch"));
    }
    let block = batches.get(0);
    let data =
        block_bytes(bytes, block, footer_start).ok_or_else(|| invalid("a batch lies outside of the file"))?;
    if !buffers_lie_inside(&data, block) {
        return Err(invalid("a column lies outside of its batch"));
    }
    let decoder = FileDecoder::new(schema, footer.version()).with_require_alignment(true);
    decoder.read_record_batch(block, &data)?.ok_or_else(|| invalid("the batch is empty"))
}

/// Arrow's reader takes the places of columns on trust, and panics where they lead outside.
fn buffers_lie_inside(data: &Buffer, block: &Block) -> bool {
    let inside = || {
        let meta = usize::try_from(block.metaDataLength()).ok()?;
        let body = i64::try_from(data.len().checked_sub(meta)?).ok()?;
        let marked = data.get(..4)? == CONTINUATION_MARKER;
        let message = root_as_message(data.get(if marked { 8 } else { 4 }..meta)?).ok()?;
        let buffers = message.header_as_record_batch()?.buffers()?;
        Some(buffers.iter().all(|buffer| {
            let end = buffer.offset().checked_add(buffer.length());
            buffer.offset() >= 0 && buffer.length() >= 0 && end.is_some_and(|end| end <= body)
        }))
    };
    inside().unwrap_or(false)
}

fn block_bytes(bytes: &Buffer, block: &Block, limit: usize) -> Option<Buffer> {
    let offset = usize::try_from(block.offset()).ok()?;
    let meta = usize::try_from(block.metaDataLength()).ok()?;
    let length = usize::try_from(block.bodyLength()).ok()?.checked_add(meta)?;
    (offset.checked_add(length)? <= limit).then(|| bytes.slice_with_length(offset, length))
}

/// The values of a primitive column.
///
/// # Errors
/// `store.damaged` when the column is missing, of another type or holds nulls.
pub fn primitive<T: ArrowPrimitiveType>(
    path: &Path,
    batch: &RecordBatch,
    name: &str,
) -> Result<ScalarBuffer<T::Native>> {
    batch
        .column_by_name(name)
        .and_then(|array| array.as_any().downcast_ref::<PrimitiveArray<T>>())
        .filter(|array| array.null_count() == 0)
        .map(|array| array.values().clone())
        .ok_or_else(|| TraceError::damaged(path, &format!("column {name} is missing or of another type")))
}

/// The values of a text column.
///
/// # Errors
/// `store.damaged` when the column is missing or of another type.
pub fn text(path: &Path, batch: &RecordBatch, name: &str) -> Result<LargeStringArray> {
    batch
        .column_by_name(name)
        .and_then(|array| array.as_any().downcast_ref::<LargeStringArray>())
        .filter(|array| array.null_count() == 0)
        .cloned()
        .ok_or_else(|| TraceError::damaged(path, &format!("column {name} is missing or of another type")))
}

/// The values of a column of bytes.
///
/// # Errors
/// `store.damaged` when the column is missing or of another type.
pub fn binary(path: &Path, batch: &RecordBatch, name: &str) -> Result<LargeBinaryArray> {
    batch
        .column_by_name(name)
        .and_then(|array| array.as_any().downcast_ref::<LargeBinaryArray>())
        .filter(|array| array.null_count() == 0)
        .cloned()
        .ok_or_else(|| TraceError::damaged(path, &format!("column {name} is missing or of another type")))
}
