// SPDX-License-Identifier: Apache-2.0
//! The recordings of a real GPU hold exactly what independent scripts counted in them.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use iterscope_ingest::{Cancel, ingest_trace};
use iterscope_model::{CategoryRole, TrackType, WarningCode};
use iterscope_store::Store;

fn recording(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../test/fixtures/traces").join(name)
}

fn open(name: &str) -> Result<(tempfile::TempDir, Store), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let store = folder.path().join("store");
    ingest_trace(&recording(name), &store, &mut |_| {}, &Cancel::default())?;
    let store = Store::open(&store, Some(&recording(name)))?;
    Ok((folder, store))
}

fn kernels(store: &Store) -> (usize, i64) {
    let is_kernel: Vec<bool> = store
        .meta()
        .categories
        .iter()
        .map(|category| CategoryRole::of(category) == CategoryRole::Kernel)
        .collect();
    let rows = (0_u32..).zip(store.categories()).filter(|(_, category)| is_kernel[usize::from(**category)]);
    rows.fold((0, 0), |(count, time), (row, _)| (count + 1, time + store.dur_ns(row)))
}

/// Kernels of each stream, by its number.
fn kernels_by_stream(store: &Store) -> BTreeMap<Option<u32>, usize> {
    let meta = store.meta();
    let mut counts = BTreeMap::new();
    for track in &meta.tracks {
        for lane in store.lanes_of(track.id) {
            let rows = lane.first as usize..(lane.first + lane.count) as usize;
            let kernels = store.categories()[rows].iter().filter(|category| {
                CategoryRole::of(&meta.categories[usize::from(**category)]) == CategoryRole::Kernel
            });
            match kernels.count() {
                0 => {}
                count => *counts.entry(track.stream).or_default() += count,
            }
        }
    }
    counts
}

#[test]
fn the_eager_recording_is_complete() {
    let (_folder, store) = open("kineto-h100-eager.json.gz").unwrap();
    let meta = store.meta();
    assert_eq!((meta.counts.events, meta.counts.slices), (178_693, 133_352));
    assert_eq!(store.slice_count(), 133_352);
    assert_eq!(kernels(&store), (20_049, 74_271_446));
    assert_eq!(kernels_by_stream(&store), [(Some(7), 20_049)].into());
    assert_eq!(meta.devices[0].name, "NVIDIA H100 80GB HBM3");
    assert_eq!(meta.format, "kineto");
    assert!(meta.compressed);
    // 1790857026000000000 + 4628177918834700: the base and the start of the profiler's own span.
    assert_eq!(meta.origin_ns, 1_795_485_203_918_834_700);
    assert!(meta.warnings.iter().all(|warning| warning.code != WarningCode::Truncated));
}

#[test]
fn the_overlap_recording_keeps_its_two_streams_apart() {
    let (_folder, store) = open("kineto-h100-overlap.json.gz").unwrap();
    let counts = store.meta().counts;
    assert_eq!((counts.events, counts.slices), (18_116, 10_404));
    assert_eq!(kernels(&store), (5_328, 59_129_168));
    assert_eq!(kernels_by_stream(&store), [(Some(7), 5_296), (Some(13), 32)].into());
    let streams: Vec<(Option<u32>, Option<u32>)> = store
        .meta()
        .tracks
        .iter()
        .filter(|track| track.track_type == TrackType::GpuStream)
        .map(|track| (track.device_id, track.stream))
        .collect();
    assert_eq!(streams, [(Some(0), Some(7)), (Some(0), Some(13))]);
}

#[test]
fn the_recording_without_markers_is_complete() {
    let (_folder, store) = open("kineto-h100-overlap-nomarkers.json.gz").unwrap();
    assert_eq!(kernels(&store), (5_328, 59_388_409));
}
