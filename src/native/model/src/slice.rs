// SPDX-License-Identifier: Apache-2.0
//! One slice while a trace is being read, and the numbers that point into tables.

/// Index into the name pool.
pub type NameId = u32;
/// Index into the track table.
pub type TrackId = u32;
/// Index into the category table.
pub type CategoryId = u8;
/// Index into the slice table.
pub type Row = u32;

/// Correlation or external id of a slice that has none.
pub const NO_ID: u32 = 0;

/// A slice as ingest collects and sorts it; stores keep the same facts as columns.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// Start in nanoseconds; from the file's own zero while reading, from the trace origin in a store.
    pub start_ns: i64,
    /// Length in nanoseconds, never negative.
    pub dur_ns: i64,
    /// Where the event begins in the (inflated) source.
    pub source_offset: u64,
    /// Name.
    pub name: NameId,
    /// Track.
    pub track: TrackId,
    /// Joins a launch call and its device work; [`NO_ID`] when absent.
    pub correlation: u32,
    /// Joins an operator and what it launched; [`NO_ID`] when absent.
    pub external_id: u32,
    /// Lane within the track.
    pub lane: u16,
    /// Category.
    pub category: CategoryId,
    /// [`crate::Kind`] as a number.
    pub kind: u8,
}

impl Slice {
    /// End in nanoseconds.
    #[must_use]
    pub const fn end_ns(&self) -> i64 {
        self.start_ns + self.dur_ns
    }
}
