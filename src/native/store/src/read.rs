// SPDX-License-Identifier: Apache-2.0
//! An opened store: columns as mapped memory, checked once at opening.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use arrow_array::types::{Int64Type, UInt8Type, UInt32Type, UInt64Type};
use arrow_array::{Array, LargeStringArray, RecordBatch};
use arrow_buffer::ScalarBuffer;
use iterscope_model::rules::RULES_VERSION;
use iterscope_model::{Checkpoint, ErrorCode, LaneRows, NameId, Result, Row, TraceError, TraceMeta, TrackId};

use crate::checkpoints::Checkpoints;
use crate::checks::{check_fresh, check_of};
use crate::columns::{primitive, read_batch, text};
use crate::format::{
    Body, CORRELATIONS_FILE, FileCheck, LANES_FILE, LONG_FILE, LONGEST_64_FILE, LONGEST_4096_FILE, META_FILE,
    NAMES_FILE, Preamble, SLICES_FILE, STORE_VERSION,
};
use crate::longest::{BLOCK_ROWS, FAN_OUT, longest_in};
use crate::map::map_column_file;
use crate::points::Points;

/// A trace on disk, opened for questions. Cheap to share between threads.
#[derive(Debug)]
pub struct Store {
    meta: TraceMeta,
    start_ns: ScalarBuffer<i64>,
    dur_ns: ScalarBuffer<u32>,
    name: ScalarBuffer<u32>,
    kind: ScalarBuffer<u8>,
    category: ScalarBuffer<u8>,
    correlation: ScalarBuffer<u32>,
    external_id: ScalarBuffer<u32>,
    source_offset: ScalarBuffer<u64>,
    names: LargeStringArray,
    lanes: Vec<LaneRows>,
    /// Per track, its range in `lanes`.
    track_lanes: Vec<Range<usize>>,
    by_correlation: ScalarBuffer<u32>,
    long_rows: ScalarBuffer<u32>,
    long_dur_ns: ScalarBuffer<i64>,
    longest_64: ScalarBuffer<u32>,
    longest_4096: ScalarBuffer<u32>,
    points: Points,
    checkpoints: Checkpoints,
}

impl Store {
    /// Opens a store folder; with a source, checks that it was made from that file as it is now.
    ///
    /// # Errors
    /// `store.damaged`, `store.version`, `store.stale`, or the source's `trace.*` errors.
    pub fn open(folder: &Path, source: Option<&Path>) -> Result<Self> {
        let body = read_meta(folder)?;
        if let Some(source) = source {
            check_fresh(&body.trace.source, source)?;
        }
        let open = |name: &str| open_columns(folder, name, &body.files);
        let (path, batch) = open(SLICES_FILE)?;
        let (names_path, names) = open(NAMES_FILE)?;
        let (correlations_path, correlations) = open(CORRELATIONS_FILE)?;
        let (long_path, long) = open(LONG_FILE)?;
        let (first_path, first) = open(LONGEST_64_FILE)?;
        let (second_path, second) = open(LONGEST_4096_FILE)?;
        let (lanes_path, lane_batch) = open(LANES_FILE)?;
        let batch_rows = batch.num_rows();
        let (lanes, track_lanes) = read_lanes(&lanes_path, &lane_batch, body.trace.tracks.len(), batch_rows)?;
        let points = Points::open(&open, &body.trace, batch_rows)?;
        let rows = |path: &Path, batch: &RecordBatch| read_rows(path, batch, batch_rows);
        Ok(Self {
            start_ns: primitive::<Int64Type>(&path, &batch, "startNs")?,
            dur_ns: primitive::<UInt32Type>(&path, &batch, "durNs")?,
            name: primitive::<UInt32Type>(&path, &batch, "name")?,
            kind: primitive::<UInt8Type>(&path, &batch, "kind")?,
            category: primitive::<UInt8Type>(&path, &batch, "category")?,
            correlation: primitive::<UInt32Type>(&path, &batch, "correlation")?,
            external_id: primitive::<UInt32Type>(&path, &batch, "externalId")?,
            source_offset: primitive::<UInt64Type>(&path, &batch, "sourceOffset")?,
            names: text(&names_path, &names, "name")?,
            lanes,
            track_lanes,
            by_correlation: rows(&correlations_path, &correlations)?,
            long_rows: rows(&long_path, &long)?,
            long_dur_ns: primitive::<Int64Type>(&long_path, &long, "durNs")?,
            longest_64: block_rows(&first_path, rows(&first_path, &first)?, batch_rows, BLOCK_ROWS)?,
            longest_4096: block_rows(
                &second_path,
                rows(&second_path, &second)?,
                batch_rows,
                BLOCK_ROWS * FAN_OUT,
            )?,
            points,
            checkpoints: Checkpoints::open(&open)?,
            meta: body.trace,
        })
    }

    /// The facts beside the slices.
    #[must_use]
    pub fn meta(&self) -> &TraceMeta {
        &self.meta
    }

    /// Instants, counter samples and arrows.
    #[must_use]
    pub fn points(&self) -> &Points {
        &self.points
    }

    /// The last place before an offset of the inflated source from which a compressed source can be inflated.
    #[must_use]
    pub fn checkpoint_before(&self, offset: u64) -> Option<Checkpoint> {
        self.checkpoints.before(offset)
    }

    /// Whether a file still is what this store was made from.
    ///
    /// # Errors
    /// `store.stale` when a file no longer is what this store was made from; the source's `trace.*` errors.
    pub fn check_source(&self, source: &Path) -> Result<()> {
        check_fresh(&self.meta.source, source)
    }

    /// Number of slices.
    #[must_use]
    pub fn slice_count(&self) -> usize {
        self.start_ns.len()
    }

    /// Starts as offsets from the origin, by row.
    #[must_use]
    pub fn starts(&self) -> &[i64] {
        &self.start_ns
    }

    /// Name ids by row.
    #[must_use]
    pub fn name_ids(&self) -> &[NameId] {
        &self.name
    }

    /// Kind numbers by row.
    #[must_use]
    pub fn kinds(&self) -> &[u8] {
        &self.kind
    }

    /// Category ids by row.
    #[must_use]
    pub fn categories(&self) -> &[u8] {
        &self.category
    }

    /// Correlations by row, 0 when absent.
    #[must_use]
    pub fn correlations(&self) -> &[u32] {
        &self.correlation
    }

    /// External ids by row, 0 when absent.
    #[must_use]
    pub fn external_ids(&self) -> &[u32] {
        &self.external_id
    }

    /// Where the event of a row begins in the (inflated) source.
    #[must_use]
    pub fn source_offset(&self, row: Row) -> u64 {
        self.source_offset[row as usize]
    }

    /// Duration of a row in nanoseconds.
    #[must_use]
    pub fn dur_ns(&self, row: Row) -> i64 {
        let short = self.dur_ns[row as usize];
        if short != u32::MAX {
            return i64::from(short);
        }
        let position = self.long_rows.partition_point(|long| *long < row);
        self.long_dur_ns.get(position).copied().unwrap_or(i64::from(short))
    }

    /// End of a row as an offset from the origin.
    #[must_use]
    pub fn end_ns(&self, row: Row) -> i64 {
        self.start_ns[row as usize] + self.dur_ns(row)
    }

    /// A string of the pool.
    #[must_use]
    pub fn text(&self, name: NameId) -> Option<&str> {
        ((name as usize) < self.names.len()).then(|| self.names.value(name as usize))
    }

    /// Number of strings in the pool.
    #[must_use]
    pub fn name_count(&self) -> usize {
        self.names.len()
    }

    /// The lanes of a track; none for a track that does not exist.
    #[must_use]
    pub fn lanes_of(&self, track: TrackId) -> &[LaneRows] {
        self.track_lanes.get(track as usize).map_or(&[], |range| &self.lanes[range.clone()])
    }

    /// Track and lane of a row.
    ///
    /// # Errors
    /// `query.out-of-range` when there is no such row.
    pub fn place_of(&self, row: Row) -> Result<(TrackId, u32)> {
        let index = self.lanes.partition_point(|lane| lane.first <= row).checked_sub(1);
        let found = index.filter(|_| (row as usize) < self.slice_count()).and_then(|lane| {
            let track = self.track_lanes.partition_point(|range| range.end <= lane);
            let lane_in_track = lane - self.track_lanes.get(track)?.start;
            Some((u32::try_from(track).ok()?, u32::try_from(lane_in_track).ok()?))
        });
        found.ok_or_else(|| {
            TraceError::new(ErrorCode::QueryOutOfRange, format!("The trace has no slice {row}."))
        })
    }

    /// Rows that carry a correlation, in row order; empty for 0.
    #[must_use]
    pub fn rows_with_correlation(&self, correlation: u32) -> &[Row] {
        if correlation == iterscope_model::NO_ID {
            return &[];
        }
        let of = |row: &Row| self.correlation.get(*row as usize).copied().unwrap_or(u32::MAX);
        let start = self.by_correlation.partition_point(|row| of(row) < correlation);
        let end = start + self.by_correlation[start..].partition_point(|row| of(row) == correlation);
        &self.by_correlation[start..end]
    }

    /// All rows that carry a correlation, sorted by it and then by row.
    #[must_use]
    pub fn rows_by_correlation(&self) -> &[Row] {
        &self.by_correlation
    }

    /// The longest slice of rows that are not empty; the first one among equals.
    #[must_use]
    pub fn longest_in(&self, rows: Range<Row>) -> Row {
        let range = rows.start as usize..rows.end as usize;
        longest_in(&self.dur_ns, &self.longest_64, &self.longest_4096, range)
    }
}

fn read_meta(folder: &Path) -> Result<Body> {
    let path = folder.join(META_FILE);
    let damaged = |what: &str| TraceError::damaged(folder, what);
    let bytes = fs::read(&path).map_err(|cause| damaged(&format!("{META_FILE}: {cause}")))?;
    let end =
        bytes.iter().position(|byte| *byte == b'\n').ok_or_else(|| damaged("its description is cut"))?;
    let preamble: Preamble =
        serde_json::from_slice(&bytes[..end]).map_err(|_| damaged("its description is unreadable"))?;
    if preamble.store_version != STORE_VERSION {
        return Err(other_version(folder));
    }
    let body = &bytes[end + 1..];
    if crc32fast::hash(body) != preamble.body_crc32 {
        return Err(damaged("its description does not match its checksum"));
    }
    let body: Body = serde_json::from_slice(body).map_err(|_| damaged("its description is unreadable"))?;
    if body.trace.rules_version != RULES_VERSION {
        return Err(other_version(folder));
    }
    Ok(body)
}

fn other_version(folder: &Path) -> TraceError {
    TraceError::at(
        ErrorCode::StoreVersion,
        folder,
        format!(
            "The store {} was written by another version of Iterscope. Read the trace again.",
            folder.display()
        ),
    )
}

fn open_columns(folder: &Path, name: &str, checks: &[FileCheck]) -> Result<(PathBuf, RecordBatch)> {
    let path = folder.join(name);
    let bytes = map_column_file(&path)?;
    let expected = checks
        .iter()
        .find(|check| check.name == name)
        .ok_or_else(|| TraceError::damaged(&path, "it is not listed in the store's description"))?;
    let found = check_of(name, &bytes);
    let key = |check: &FileCheck| (check.size_bytes, check.head_crc32, check.tail_crc32);
    if key(&found) != key(expected) {
        return Err(TraceError::damaged(&path, "its size or checksum is not the recorded one"));
    }
    let batch = read_batch(&path, &bytes)?;
    Ok((path, batch))
}

/// Row numbers of an index file; all must point into the slice table.
fn read_rows(path: &Path, batch: &RecordBatch, row_count: usize) -> Result<ScalarBuffer<u32>> {
    let rows = primitive::<UInt32Type>(path, batch, "row")?;
    if rows.iter().any(|row| *row as usize >= row_count) {
        return Err(TraceError::damaged(path, "it points outside of the slices"));
    }
    Ok(rows)
}

fn block_rows(
    path: &Path,
    rows: ScalarBuffer<u32>,
    count: usize,
    per_block: usize,
) -> Result<ScalarBuffer<u32>> {
    if rows.len() == count.div_ceil(per_block) {
        return Ok(rows);
    }
    Err(TraceError::damaged(path, "it has another number of blocks than the slices"))
}

/// Lanes must tile the rows without a gap, and tracks must be in order: all row arithmetic relies on it.
fn read_lanes(
    path: &Path,
    batch: &RecordBatch,
    track_count: usize,
    row_count: usize,
) -> Result<(Vec<LaneRows>, Vec<Range<usize>>)> {
    let tracks = primitive::<UInt32Type>(path, batch, "track")?;
    let firsts = primitive::<UInt32Type>(path, batch, "firstRow")?;
    let counts = primitive::<UInt32Type>(path, batch, "rowCount")?;
    let mut lanes = Vec::with_capacity(firsts.len());
    let mut next_row = 0_usize;
    for (first, count) in firsts.iter().zip(counts.iter()) {
        if *first as usize != next_row {
            return Err(TraceError::damaged(path, "its lanes do not follow each other"));
        }
        next_row += *count as usize;
        lanes.push(LaneRows { first: *first, count: *count });
    }
    let ordered = tracks.is_sorted() && tracks.last().is_none_or(|last| (*last as usize) < track_count);
    if next_row != row_count || !ordered {
        return Err(TraceError::damaged(path, "its lanes do not cover the slices"));
    }
    let position = |track: usize| tracks.partition_point(|of| (*of as usize) < track);
    Ok((lanes, (0..track_count).map(|track| position(track)..position(track + 1)).collect()))
}
