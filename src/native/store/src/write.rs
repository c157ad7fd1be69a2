// SPDX-License-Identifier: Apache-2.0
//! Writing a store: columns first, the meta file last, then one rename.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_array::LargeStringArray;
use iterscope_model::{Checkpoint, Flow, Instant, NamePool, Result, Sample, Slice, TraceError, TraceMeta};

use crate::checkpoints::write_checkpoints;
use crate::checks::check_of;
use crate::columns::Writing;
use crate::format::{Body, COLUMN_FILES, FileCheck, META_FILE, NAMES_FILE, Preamble, STORE_VERSION};
use crate::map::map_column_file;
use crate::points::write_points;
use crate::slice_columns::SliceColumns;

/// A trace ready to be stored.
#[derive(Debug)]
pub struct TraceData {
    /// Facts beside the slices.
    pub meta: TraceMeta,
    /// The slices of each track by its number, sorted by lane and start; starts are offsets from the origin.
    pub slices: Vec<Vec<Slice>>,
    /// Their names.
    pub names: NamePool,
    /// Moments sorted by track and time; as many per track as the track's facts say.
    pub instants: Vec<Instant>,
    /// Counter samples sorted by counter and time; as many per counter as the counter's facts say.
    pub samples: Vec<Sample>,
    /// Arrows between slices, sorted by their first one.
    pub flows: Vec<Flow>,
    /// Places in a compressed source to come back to, in its order.
    pub checkpoints: Vec<Checkpoint>,
}

/// Writes a store folder, replacing one that is there. `check` is asked again and again whether to go on.
///
/// # Errors
/// `store.no-space` or `store.unwritable`, and those of the check; nothing is left behind then.
pub fn write_store(folder: &Path, data: TraceData, check: &(dyn Fn() -> Result<()> + Sync)) -> Result<()> {
    static SERIAL: AtomicU64 = AtomicU64::new(0);
    let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
    let temporary = sibling(folder, &format!("tmp-{}-{serial}", std::process::id()));
    let written =
        write_folder(&Writing { folder: &temporary, check }, data).and_then(|()| replace(folder, &temporary));
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

fn write_folder(writing: &Writing<'_>, data: TraceData) -> Result<()> {
    let folder = writing.folder;
    fs::create_dir_all(folder).map_err(|cause| TraceError::writing(folder, &cause))?;
    let TraceData { meta, slices, names, instants, samples, flows, checkpoints } = data;
    let columns = SliceColumns::of(slices, writing.check)?;
    let write_beside = || {
        columns.write_indices(writing)?;
        write_points(writing, &instants, &samples, &flows)?;
        write_checkpoints(writing, &checkpoints)?;
        let names = LargeStringArray::from_iter_values(names.iter());
        writing.columns(NAMES_FILE, vec![("name", Arc::new(names))])
    };
    let (beside, table) = rayon::join(write_beside, || columns.write_table(writing));
    beside.and(table)?;
    (writing.check)()?;
    write_meta(folder, meta)
}

fn write_meta(folder: &Path, meta: TraceMeta) -> Result<()> {
    let path = folder.join(META_FILE);
    let files = COLUMN_FILES
        .iter()
        .map(|name| Ok(check_of(name, &map_column_file(&folder.join(name))?)))
        .collect::<Result<Vec<FileCheck>>>()?;
    let encode = || -> std::io::Result<()> {
        let body = serde_json::to_vec(&Body { files, trace: meta })?;
        let preamble = Preamble { store_version: STORE_VERSION, body_crc32: crc32fast::hash(&body) };
        let mut file = fs::File::create(&path)?;
        serde_json::to_writer(&mut file, &preamble)?;
        file.write_all(b"\n")?;
        file.write_all(&body)?;
        file.sync_all()
    };
    encode().map_err(|cause| TraceError::writing(&path, &cause))
}
