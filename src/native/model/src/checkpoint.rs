// SPDX-License-Identifier: Apache-2.0
//! Places in a compressed source from which it can be inflated.

/// A place between two blocks of a compressed stream, and what came before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Bytes of the inflated source before it.
    pub inflated_offset: u64,
    /// Bytes of the file before the first byte that belongs to it as a whole.
    pub file_offset: u64,
    /// The byte before that one: its upper bits belong to what follows.
    pub first_byte: u8,
    /// How many of its lower bits do not; 0 when none of the byte belongs to what follows.
    pub used_bits: u8,
    /// The inflated bytes before it that may be referred to, compressed.
    pub window: Vec<u8>,
}
