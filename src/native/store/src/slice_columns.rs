// SPDX-License-Identifier: Apache-2.0
//! Slices as the columns of a store, made in one walk. Each track is given back to the system once it is copied, so
//! that slices and columns of a large trace are never both whole in memory.

use arrow_array::ArrayRef;
use arrow_array::types::{Int64Type, UInt8Type, UInt32Type, UInt64Type};
use arrow_buffer::ScalarBuffer;
use iterscope_model::{NO_ID, Result, Slice};
use rayon::slice::ParallelSliceMut;

use crate::columns::{Writing, column, shared_column};
use crate::format::{
    CORRELATIONS_FILE, LANES_FILE, LONG_FILE, LONGEST_64_FILE, LONGEST_4096_FILE, SLICES_FILE,
};
use crate::longest::{first_level, second_level};

/// Rows from one check to the next.
const CHECKED_ROWS: usize = 1 << 16;

/// One value per slice in each column but the last ones.
pub struct SliceColumns {
    start_ns: ScalarBuffer<i64>,
    dur_ns: ScalarBuffer<u32>,
    name: ScalarBuffer<u32>,
    kind: ScalarBuffer<u8>,
    category: ScalarBuffer<u8>,
    correlation: ScalarBuffer<u32>,
    external_id: ScalarBuffer<u32>,
    source_offset: ScalarBuffer<u64>,
    lanes: Lanes,
    long: LongDurations,
}

/// Per lane its track, first row and number of rows.
#[derive(Default)]
struct Lanes {
    track: Vec<u32>,
    first_row: Vec<u32>,
    row_count: Vec<u32>,
}

/// Durations of more than four seconds stand in a table of their own: they are rare, and four bytes are saved.
#[derive(Default)]
struct LongDurations {
    row: Vec<u32>,
    dur_ns: Vec<i64>,
}

impl SliceColumns {
    /// The columns of slices by track, sorted by lane and start.
    ///
    /// # Errors
    /// Those of the check.
    pub fn of(tracks: Vec<Vec<Slice>>, check: &dyn Fn() -> Result<()>) -> Result<Self> {
        let count = tracks.iter().map(Vec::len).sum();
        let (mut start_ns, mut dur_ns) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let (mut name, mut kind) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let (mut category, mut correlation) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let (mut external_id, mut source_offset) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let (mut lanes, mut long) = (Lanes::default(), LongDurations::default());
        for slices in tracks {
            lanes.add(&slices, start_ns.len());
            for (position, slice) in slices.iter().enumerate() {
                if position % CHECKED_ROWS == 0 {
                    check()?;
                }
                let short = u32::try_from(slice.dur_ns).unwrap_or(u32::MAX);
                if short == u32::MAX {
                    long.row.push(to_row(start_ns.len()));
                    long.dur_ns.push(slice.dur_ns);
                }
                start_ns.push(slice.start_ns);
                dur_ns.push(short);
                name.push(slice.name);
                kind.push(slice.kind);
                category.push(slice.category);
                correlation.push(slice.correlation);
                external_id.push(slice.external_id);
                source_offset.push(slice.source_offset);
            }
        }
        Ok(Self {
            start_ns: start_ns.into(),
            dur_ns: dur_ns.into(),
            name: name.into(),
            kind: kind.into(),
            category: category.into(),
            correlation: correlation.into(),
            external_id: external_id.into(),
            source_offset: source_offset.into(),
            lanes,
            long,
        })
    }

    /// Writes the table of slices.
    ///
    /// # Errors
    /// `store.no-space` or `store.unwritable`, and that of the check.
    pub fn write_table(&self, writing: &Writing<'_>) -> Result<()> {
        let ids = |values: &ScalarBuffer<u32>| shared_column::<UInt32Type>(values);
        let bytes = |values: &ScalarBuffer<u8>| shared_column::<UInt8Type>(values);
        writing.columns(
            SLICES_FILE,
            vec![
                ("startNs", shared_column::<Int64Type>(&self.start_ns)),
                ("durNs", ids(&self.dur_ns)),
                ("name", ids(&self.name)),
                ("kind", bytes(&self.kind)),
                ("category", bytes(&self.category)),
                ("correlation", ids(&self.correlation)),
                ("externalId", ids(&self.external_id)),
                ("sourceOffset", shared_column::<UInt64Type>(&self.source_offset)),
            ],
        )
    }

    /// Writes what leads to rows: lanes, correlations, long durations and the longest slices.
    ///
    /// # Errors
    /// `store.no-space` or `store.unwritable`, and that of the check.
    pub fn write_indices(&self, writing: &Writing<'_>) -> Result<()> {
        let ids = |values: &[u32]| column::<UInt32Type>(values.to_vec());
        let write = |name: &str, columns: Vec<(&str, ArrayRef)>| writing.columns(name, columns);
        let lanes = &self.lanes;
        write(
            LANES_FILE,
            vec![
                ("track", ids(&lanes.track)),
                ("firstRow", ids(&lanes.first_row)),
                ("rowCount", ids(&lanes.row_count)),
            ],
        )?;
        write(
            LONG_FILE,
            vec![("row", ids(&self.long.row)), ("durNs", column::<Int64Type>(self.long.dur_ns.clone()))],
        )?;
        let first = first_level(&self.dur_ns);
        let second = second_level(&self.dur_ns, &first);
        write(LONGEST_64_FILE, vec![("row", column::<UInt32Type>(first))])?;
        write(LONGEST_4096_FILE, vec![("row", column::<UInt32Type>(second))])?;
        write(CORRELATIONS_FILE, vec![("row", column::<UInt32Type>(self.rows_by_correlation()))])
    }

    /// Rows that carry a correlation, by it and then by row.
    fn rows_by_correlation(&self) -> Vec<u32> {
        let rows = (0_u32..).zip(self.correlation.iter()).filter(|(_, correlation)| **correlation != NO_ID);
        let mut keys: Vec<u64> = rows.map(|(row, id)| u64::from(*id) << u32::BITS | u64::from(row)).collect();
        keys.par_sort_unstable();
        #[allow(clippy::cast_possible_truncation)] // The lower half is the row.
        keys.into_iter().map(|key| key as u32).collect()
    }
}

impl Lanes {
    /// Adds the lanes of a track whose slices begin at a row.
    fn add(&mut self, slices: &[Slice], first_row: usize) {
        let mut row = first_row;
        for lane in slices.chunk_by(|a, b| a.lane == b.lane) {
            self.track.push(lane[0].track);
            self.first_row.push(to_row(row));
            self.row_count.push(to_row(lane.len()));
            row += lane.len();
        }
    }
}

fn to_row(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
