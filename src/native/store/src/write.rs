// SPDX-License-Identifier: Apache-2.0
//! Writing a store: columns first, the meta file last, then one rename.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_array::LargeStringArray;
use arrow_array::types::{Int64Type, UInt8Type, UInt32Type, UInt64Type};
use iterscope_model::{Flow, Instant, NO_ID, NamePool, Result, Sample, Slice, TraceError, TraceMeta};

use crate::checks::check_of;
use crate::columns::{column, write_columns};
use crate::format::{
    Body, COLUMN_FILES, CORRELATIONS_FILE, FileCheck, LANES_FILE, LONG_FILE, LONGEST_64_FILE,
    LONGEST_4096_FILE, META_FILE, NAMES_FILE, Preamble, SLICES_FILE, STORE_VERSION,
};
use crate::longest::{first_level, second_level};
use crate::map::map_column_file;
use crate::points::write_points;

/// A trace ready to be stored.
#[derive(Debug)]
pub struct TraceData {
    /// Facts beside the slices.
    pub meta: TraceMeta,
    /// Slices sorted by track, lane and start; starts are offsets from the origin.
    pub slices: Vec<Slice>,
    /// Their names.
    pub names: NamePool,
    /// Moments sorted by track and time; as many per track as the track's facts say.
    pub instants: Vec<Instant>,
    /// Counter samples sorted by counter and time; as many per counter as the counter's facts say.
    pub samples: Vec<Sample>,
    /// Arrows between slices, sorted by their first one.
    pub flows: Vec<Flow>,
}

/// Writes a store folder, replacing one that is there.
///
/// # Errors
/// `store.no-space` or `store.unwritable`; nothing is left behind then.
pub fn write_store(folder: &Path, data: &TraceData) -> Result<()> {
    static SERIAL: AtomicU64 = AtomicU64::new(0);
    let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
    let temporary = sibling(folder, &format!("tmp-{}-{serial}", std::process::id()));
    let written = write_folder(&temporary, data).and_then(|()| replace(folder, &temporary));
    if written.is_err() {
        // The first error is the one to report; leftovers are removed as far as possible.
        let _ = fs::remove_dir_all(&temporary);
    }
    written
}

fn sibling(folder: &Path, suffix: &str) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_os_string();
    name.push(".");
    name.push(suffix);
    folder.with_file_name(name)
}

fn replace(folder: &Path, temporary: &Path) -> Result<()> {
    let writing = |cause: std::io::Error| TraceError::writing(folder, &cause);
    if folder.exists() {
        let old = sibling(temporary, "old");
        fs::rename(folder, &old).map_err(writing)?;
        fs::rename(temporary, folder).map_err(writing)?;
        // Readers that still map the old files keep them alive; a failed removal costs space only.
        let _ = fs::remove_dir_all(&old);
        return Ok(());
    }
    fs::rename(temporary, folder).map_err(writing)
}

fn write_folder(folder: &Path, data: &TraceData) -> Result<()> {
    fs::create_dir_all(folder).map_err(|cause| TraceError::writing(folder, &cause))?;
    write_slices(folder, &data.slices)?;
    write_lanes(folder, &data.slices)?;
    write_correlations(folder, &data.slices)?;
    write_points(folder, &data.instants, &data.samples, &data.flows)?;
    let names = LargeStringArray::from_iter_values(data.names.iter());
    write_columns(&folder.join(NAMES_FILE), vec![("name", Arc::new(names))])?;
    write_meta(folder, &data.meta)
}

fn write_slices(folder: &Path, slices: &[Slice]) -> Result<()> {
    let durations: Vec<u32> = slices.iter().map(|slice| clamped(slice.dur_ns)).collect();
    let first = first_level(&durations);
    let second = second_level(&durations, &first);
    write_columns(&folder.join(LONGEST_64_FILE), vec![("row", column::<UInt32Type>(first))])?;
    write_columns(&folder.join(LONGEST_4096_FILE), vec![("row", column::<UInt32Type>(second))])?;
    let long = || slices.iter().enumerate().filter(|(_, slice)| clamped(slice.dur_ns) == u32::MAX);
    write_columns(
        &folder.join(LONG_FILE),
        vec![
            ("row", column::<UInt32Type>(long().map(|(row, _)| to_row(row)).collect())),
            ("durNs", column::<Int64Type>(long().map(|(_, slice)| slice.dur_ns).collect())),
        ],
    )?;
    let ids = |pick: fn(&Slice) -> u32| column::<UInt32Type>(slices.iter().map(pick).collect());
    let bytes = |pick: fn(&Slice) -> u8| column::<UInt8Type>(slices.iter().map(pick).collect());
    write_columns(
        &folder.join(SLICES_FILE),
        vec![
            ("startNs", column::<Int64Type>(slices.iter().map(|slice| slice.start_ns).collect())),
            ("durNs", column::<UInt32Type>(durations)),
            ("name", ids(|slice| slice.name)),
            ("kind", bytes(|slice| slice.kind)),
            ("category", bytes(|slice| slice.category)),
            ("correlation", ids(|slice| slice.correlation)),
            ("externalId", ids(|slice| slice.external_id)),
            ("sourceOffset", column::<UInt64Type>(slices.iter().map(|slice| slice.source_offset).collect())),
        ],
    )
}

/// Durations of more than four seconds stand in a table of their own: they are rare, and four bytes are saved.
fn clamped(dur_ns: i64) -> u32 {
    u32::try_from(dur_ns).unwrap_or(u32::MAX)
}

fn to_row(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

fn write_lanes(folder: &Path, slices: &[Slice]) -> Result<()> {
    let (mut tracks, mut firsts, mut counts) = (Vec::new(), Vec::new(), Vec::new());
    let mut row = 0;
    for lane in slices.chunk_by(|a, b| (a.track, a.lane) == (b.track, b.lane)) {
        tracks.push(lane[0].track);
        firsts.push(to_row(row));
        counts.push(to_row(lane.len()));
        row += lane.len();
    }
    write_columns(
        &folder.join(LANES_FILE),
        vec![
            ("track", column::<UInt32Type>(tracks)),
            ("firstRow", column::<UInt32Type>(firsts)),
            ("rowCount", column::<UInt32Type>(counts)),
        ],
    )
}

fn write_correlations(folder: &Path, slices: &[Slice]) -> Result<()> {
    let mut keys: Vec<(u32, u32)> = slices
        .iter()
        .enumerate()
        .filter(|(_, slice)| slice.correlation != NO_ID)
        .map(|(row, slice)| (slice.correlation, to_row(row)))
        .collect();
    keys.sort_unstable();
    let rows = keys.into_iter().map(|(_, row)| row).collect();
    write_columns(&folder.join(CORRELATIONS_FILE), vec![("row", column::<UInt32Type>(rows))])
}

fn write_meta(folder: &Path, meta: &TraceMeta) -> Result<()> {
    let path = folder.join(META_FILE);
    let files = COLUMN_FILES
        .iter()
        .map(|name| Ok(check_of(name, &map_column_file(&folder.join(name))?)))
        .collect::<Result<Vec<FileCheck>>>()?;
    let encode = || -> std::io::Result<()> {
        let body = serde_json::to_vec(&Body { files, trace: meta.clone() })?;
        let preamble = Preamble { store_version: STORE_VERSION, body_crc32: crc32fast::hash(&body) };
        let mut file = fs::File::create(&path)?;
        serde_json::to_writer(&mut file, &preamble)?;
        file.write_all(b"\n")?;
        file.write_all(&body)?;
        file.sync_all()
    };
    encode().map_err(|cause| TraceError::writing(&path, &cause))
}
