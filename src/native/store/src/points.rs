// SPDX-License-Identifier: Apache-2.0
//! Instants, counter samples and arrows of a store: sorted tables with an index by track, counter or row.

use std::ops::Range;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_array::types::{Float64Type, Int64Type, UInt8Type, UInt32Type, UInt64Type};
use arrow_buffer::ScalarBuffer;
use iterscope_model::{
    CategoryId, CounterId, Flow, Instant, Result, Row, Sample, TraceError, TraceMeta, TrackId,
};

use crate::columns::{Writing, column, primitive};
use crate::format::{FLOWS_BY_END_FILE, FLOWS_FILE, INSTANTS_FILE, SAMPLES_FILE};

/// Everything of a trace that is no slice, mapped.
#[derive(Debug)]
pub struct Points {
    instants: Instants,
    /// Per track, its range of instants.
    track_instants: Vec<Range<usize>>,
    sample_time_ns: ScalarBuffer<i64>,
    sample_value: ScalarBuffer<f64>,
    /// Per counter, its range of samples.
    counter_samples: Vec<Range<usize>>,
    flow_from: ScalarBuffer<u32>,
    flow_to: ScalarBuffer<u32>,
    flow_category: ScalarBuffer<u8>,
    flows_by_end: ScalarBuffer<u32>,
}

#[derive(Debug)]
struct Instants {
    time_ns: ScalarBuffer<i64>,
    source_offset: ScalarBuffer<u64>,
    name: ScalarBuffer<u32>,
    track: ScalarBuffer<u32>,
    category: ScalarBuffer<u8>,
    kind: ScalarBuffer<u8>,
}

/// Writes the three tables; each must be sorted as the store keeps it.
///
/// # Errors
/// `store.no-space` or `store.unwritable`, and that of the check.
pub fn write_points(
    writing: &Writing<'_>,
    instants: &[Instant],
    samples: &[Sample],
    flows: &[Flow],
) -> Result<()> {
    let ids = |values: Vec<u32>| column::<UInt32Type>(values);
    let bytes = |pick: fn(&Instant) -> u8| column::<UInt8Type>(instants.iter().map(pick).collect());
    writing.columns(
        INSTANTS_FILE,
        vec![
            ("timeNs", column::<Int64Type>(instants.iter().map(|instant| instant.time_ns).collect())),
            (
                "sourceOffset",
                column::<UInt64Type>(instants.iter().map(|instant| instant.source_offset).collect()),
            ),
            ("name", ids(instants.iter().map(|instant| instant.name).collect())),
            ("track", ids(instants.iter().map(|instant| instant.track).collect())),
            ("category", bytes(|instant| instant.category)),
            ("kind", bytes(|instant| instant.kind)),
        ],
    )?;
    writing.columns(
        SAMPLES_FILE,
        vec![
            ("timeNs", column::<Int64Type>(samples.iter().map(|sample| sample.time_ns).collect())),
            ("value", column::<Float64Type>(samples.iter().map(|sample| sample.value).collect())),
        ],
    )?;
    writing.columns(
        FLOWS_FILE,
        vec![
            ("from", ids(flows.iter().map(|flow| flow.from).collect())),
            ("to", ids(flows.iter().map(|flow| flow.to).collect())),
            ("category", column::<UInt8Type>(flows.iter().map(|flow| flow.category).collect())),
        ],
    )?;
    let mut by_end: Vec<u32> = (0..u32::try_from(flows.len()).unwrap_or(u32::MAX)).collect();
    by_end.sort_by_key(|flow| flows[*flow as usize].to);
    writing.columns(FLOWS_BY_END_FILE, vec![("flow", ids(by_end))])
}

impl Points {
    /// Reads the tables through `open`, which maps a file of the store by its name.
    ///
    /// # Errors
    /// `store.damaged` when a table is missing, unsorted or points outside of the trace.
    pub fn open(
        open: &dyn Fn(&str) -> Result<(PathBuf, RecordBatch)>,
        meta: &TraceMeta,
        row_count: usize,
    ) -> Result<Self> {
        let (instants, track_instants) = open_instants(open, meta)?;
        let (sample_path, samples) = open(SAMPLES_FILE)?;
        let (flow_path, flows) = open(FLOWS_FILE)?;
        let (end_path, ends) = open(FLOWS_BY_END_FILE)?;
        let rows = |name: &str, path: &Path, batch: &RecordBatch, limit: usize| {
            let rows = primitive::<UInt32Type>(path, batch, name)?;
            if rows.iter().any(|row| *row as usize >= limit) {
                return Err(TraceError::damaged(path, "it points outside of the trace"));
            }
            Ok(rows)
        };
        let flows_by_end = rows("flow", &end_path, &ends, flows.num_rows())?;
        if flows_by_end.len() != flows.num_rows() {
            return Err(TraceError::damaged(&end_path, "it has another number of arrows"));
        }
        Ok(Self {
            instants,
            track_instants,
            sample_time_ns: primitive::<Int64Type>(&sample_path, &samples, "timeNs")?,
            sample_value: primitive::<Float64Type>(&sample_path, &samples, "value")?,
            counter_samples: counter_ranges(&sample_path, meta, samples.num_rows())?,
            flow_from: rows("from", &flow_path, &flows, row_count)?,
            flow_to: rows("to", &flow_path, &flows, row_count)?,
            flow_category: primitive::<UInt8Type>(&flow_path, &flows, "category")?,
            flows_by_end,
        })
    }

    /// Indices of the instants of a track, in time order; empty for a track that does not exist.
    #[must_use]
    pub fn instants_of(&self, track: TrackId) -> Range<usize> {
        self.track_instants.get(track as usize).cloned().unwrap_or_default()
    }

    /// Times of all instants, in the order of their indices.
    #[must_use]
    pub fn instant_times(&self) -> &[i64] {
        &self.instants.time_ns
    }

    /// One instant; none when there is no such index.
    #[must_use]
    pub fn instant(&self, index: usize) -> Option<Instant> {
        let table = &self.instants;
        Some(Instant {
            time_ns: *table.time_ns.get(index)?,
            source_offset: table.source_offset[index],
            name: table.name[index],
            track: table.track[index],
            category: table.category[index],
            kind: table.kind[index],
        })
    }

    /// Times and values of a counter, in time order; empty for a counter that does not exist.
    #[must_use]
    pub fn samples_of(&self, counter: CounterId) -> (&[i64], &[f64]) {
        let range = self.counter_samples.get(counter as usize).cloned().unwrap_or_default();
        (&self.sample_time_ns[range.clone()], &self.sample_value[range])
    }

    /// Number of arrows.
    #[must_use]
    pub fn flow_count(&self) -> usize {
        self.flow_from.len()
    }

    /// The arrows that begin at a slice.
    pub fn flows_from(&self, row: Row) -> impl Iterator<Item = Flow> {
        let start = self.flow_from.partition_point(|from| *from < row);
        let end = start + self.flow_from[start..].partition_point(|from| *from == row);
        (start..end).map(|index| self.flow(index))
    }

    /// The arrows that end at a slice.
    pub fn flows_to(&self, row: Row) -> impl Iterator<Item = Flow> {
        let to = |flow: &u32| self.flow_to[*flow as usize];
        let start = self.flows_by_end.partition_point(|flow| to(flow) < row);
        let end = start + self.flows_by_end[start..].partition_point(|flow| to(flow) == row);
        self.flows_by_end[start..end].iter().map(|flow| self.flow(*flow as usize))
    }

    fn flow(&self, index: usize) -> Flow {
        let category: CategoryId = self.flow_category[index];
        Flow { from: self.flow_from[index], to: self.flow_to[index], category }
    }
}

fn open_instants(
    open: &dyn Fn(&str) -> Result<(PathBuf, RecordBatch)>,
    meta: &TraceMeta,
) -> Result<(Instants, Vec<Range<usize>>)> {
    let (path, batch) = open(INSTANTS_FILE)?;
    let track = primitive::<UInt32Type>(&path, &batch, "track")?;
    let ordered = track.is_sorted() && track.last().is_none_or(|last| (*last as usize) < meta.tracks.len());
    if !ordered {
        return Err(TraceError::damaged(&path, "its tracks are not in order"));
    }
    let counts = meta.tracks.iter().map(|track| track.instant_count);
    let ranges = ranges(counts, batch.num_rows())
        .ok_or_else(|| TraceError::damaged(&path, "it has another number of instants"))?;
    let table = Instants {
        time_ns: primitive::<Int64Type>(&path, &batch, "timeNs")?,
        source_offset: primitive::<UInt64Type>(&path, &batch, "sourceOffset")?,
        name: primitive::<UInt32Type>(&path, &batch, "name")?,
        track,
        category: primitive::<UInt8Type>(&path, &batch, "category")?,
        kind: primitive::<UInt8Type>(&path, &batch, "kind")?,
    };
    Ok((table, ranges))
}

fn counter_ranges(path: &Path, meta: &TraceMeta, total: usize) -> Result<Vec<Range<usize>>> {
    let counts = meta.counters.iter().map(|counter| u64::from(counter.sample_count));
    ranges(counts, total).ok_or_else(|| TraceError::damaged(path, "it has another number of samples"))
}

/// Ranges that follow each other; none unless they tile all of `total`.
fn ranges(counts: impl Iterator<Item = u64>, total: usize) -> Option<Vec<Range<usize>>> {
    let mut next = 0_usize;
    let mut found = Vec::new();
    for count in counts {
        let end = next.checked_add(usize::try_from(count).ok()?)?;
        found.push(next..end);
        next = end;
    }
    (next == total).then_some(found)
}
