// SPDX-License-Identifier: Apache-2.0
//! Places in a compressed source from which it can be inflated: without them the arguments of a late slice would take
//! as long as inflating everything before it.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::types::{UInt8Type, UInt64Type};
use arrow_array::{Array, LargeBinaryArray, RecordBatch};
use arrow_buffer::ScalarBuffer;
use iterscope_model::{Checkpoint, Result, TraceError};

use crate::columns::{Writing, binary, column, primitive};
use crate::format::CHECKPOINTS_FILE;

/// The table, mapped.
#[derive(Debug)]
pub struct Checkpoints {
    inflated_offset: ScalarBuffer<u64>,
    file_offset: ScalarBuffer<u64>,
    first_byte: ScalarBuffer<u8>,
    used_bits: ScalarBuffer<u8>,
    window: LargeBinaryArray,
}

/// Writes the table; checkpoints are in the order of the source.
///
/// # Errors
/// `store.no-space` or `store.unwritable`, and that of the check.
pub fn write_checkpoints(writing: &Writing<'_>, checkpoints: &[Checkpoint]) -> Result<()> {
    let offsets = |pick: fn(&Checkpoint) -> u64| column::<UInt64Type>(checkpoints.iter().map(pick).collect());
    let bytes = |pick: fn(&Checkpoint) -> u8| column::<UInt8Type>(checkpoints.iter().map(pick).collect());
    let windows = LargeBinaryArray::from_iter_values(checkpoints.iter().map(|checkpoint| &checkpoint.window));
    writing.columns(
        CHECKPOINTS_FILE,
        vec![
            ("inflatedOffset", offsets(|checkpoint| checkpoint.inflated_offset)),
            ("fileOffset", offsets(|checkpoint| checkpoint.file_offset)),
            ("firstByte", bytes(|checkpoint| checkpoint.first_byte)),
            ("usedBits", bytes(|checkpoint| checkpoint.used_bits)),
            ("window", Arc::new(windows)),
        ],
    )
}

impl Checkpoints {
    /// Reads the table through `open`, which maps a file of the store by its name.
    ///
    /// # Errors
    /// `store.damaged` when it is missing or not in order.
    pub fn open(open: &dyn Fn(&str) -> Result<(PathBuf, RecordBatch)>) -> Result<Self> {
        let (path, batch) = open(CHECKPOINTS_FILE)?;
        let inflated_offset = primitive::<UInt64Type>(&path, &batch, "inflatedOffset")?;
        if !inflated_offset.is_sorted() {
            return Err(TraceError::damaged(&path, "its places are not in order"));
        }
        Ok(Self {
            inflated_offset,
            file_offset: primitive::<UInt64Type>(&path, &batch, "fileOffset")?,
            first_byte: primitive::<UInt8Type>(&path, &batch, "firstByte")?,
            used_bits: primitive::<UInt8Type>(&path, &batch, "usedBits")?,
            window: binary(&path, &batch, "window")?,
        })
    }

    /// The last one at or before an offset of the inflated source.
    pub fn before(&self, offset: u64) -> Option<Checkpoint> {
        let index = self.inflated_offset.partition_point(|begin| *begin <= offset).checked_sub(1)?;
        (index < self.window.len()).then(|| Checkpoint {
            inflated_offset: self.inflated_offset[index],
            file_offset: self.file_offset[index],
            first_byte: self.first_byte[index],
            used_bits: self.used_bits[index],
            window: self.window.value(index).to_vec(),
        })
    }
}
