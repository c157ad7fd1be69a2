// SPDX-License-Identifier: Apache-2.0
//! Reports of Nsight Systems recorded on a real GPU give what independent scripts count in the same files.

mod common;

use std::path::{Path, PathBuf};

use common::TestResult;
use iterscope_ingest::{Cancel, RankProcess, ingest_process, ingest_trace, rank_processes, read_args};
use iterscope_model::{Diagnostic, ErrorCode, Kind, TrackType};
use iterscope_store::Store;

const EAGER: &str = "nsys-h100-eager.sqlite.gz";
const GRAPH: &str = "nsys-h100-graph-lossy.sqlite.gz";
const GIL: &str = "nsys-h100-gil-lossy.sqlite.gz";

fn recording(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../test/fixtures/traces").join(name)
}

fn open(name: &str) -> TestResult<(tempfile::TempDir, Store)> {
    let folder = tempfile::tempdir()?;
    let store = folder.path().join("store");
    ingest_trace(&recording(name), &store, &mut |_| {}, &Cancel::default())?;
    let store = Store::open(&store, Some(&recording(name)))?;
    Ok((folder, store))
}

/// Number and total duration of the slices of a category.
fn total(store: &Store, category: &str) -> (usize, i64) {
    let is_of = |id: u8| store.meta().categories.get(usize::from(id)).is_some_and(|name| name == category);
    let rows = (0_u32..).zip(store.categories()).filter(|(_, id)| is_of(**id));
    rows.fold((0, 0), |(count, total), (row, _)| (count + 1, total + store.dur_ns(row)))
}

fn tracks(store: &Store) -> Vec<(String, u64)> {
    let label =
        |section: &Option<String>| section.as_ref().map_or_else(String::new, |name| format!(" · {name}"));
    let tracks = store.meta().tracks.iter();
    tracks.map(|track| (format!("{}{}", track.name, label(&track.section)), track.slice_count)).collect()
}

fn named(tracks: &[(&str, u64)]) -> Vec<(String, u64)> {
    tracks.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

#[test]
fn the_eager_report_is_read_whole() -> TestResult {
    let (_folder, store) = open(EAGER)?;
    assert_eq!(total(&store, "kernel"), (7_296, 26_831_867));
    assert_eq!(total(&store, "gpu_memcpy"), (336, 432_502));
    assert_eq!(total(&store, "gpu_memset"), (48, 37_217));
    assert_eq!(total(&store, "cuda_runtime").0 + total(&store, "cuda_driver").0, 17_673);
    assert_eq!(
        tracks(&store),
        named(&[
            ("stream 7", 7_680),
            ("host waits", 193),
            ("python3 25 · NVTX", 4),
            ("python3 25 · CUDA API", 17_673),
            ("python3 25 · overhead", 1),
            ("CUPTI worker thread 47 · overhead", 2),
        ])
    );
    let meta = store.meta();
    assert_eq!((meta.format.as_str(), meta.compressed), ("nsys", true));
    assert_eq!(meta.devices[0].name, "NVIDIA H100 80GB HBM3");
    // Time zero by the wall clock, and the first call after it.
    assert_eq!(meta.origin_ns, 1_795_491_571_161_435_663 + 9_401_544);
    assert!(meta.warnings.is_empty() && meta.diagnostics.is_empty());
    assert_eq!(meta.tracks[2].process_name, "python3");
    Ok(())
}

#[test]
fn domains_the_global_lock_and_collections_have_tracks_of_their_own() -> TestResult {
    let (_folder, store) = open(GIL)?;
    assert_eq!(
        tracks(&store),
        named(&[
            ("stream 7", 126),
            ("host waits", 12),
            ("python3 74 · NVTX", 8),
            ("python3 74 · NVTX CCCL", 246),
            ("python3 74 · GIL", 19_594),
            ("python3 74 · GC", 22),
            ("python3 74 · CUDA API", 237),
            ("python3 74 · overhead", 1),
        ])
    );
    let lock = store.lanes_of(4)[0].first;
    assert_eq!(Kind::from_number(store.kinds()[lock as usize]), Kind::Gil);
    let marker = store.lanes_of(2)[0].first;
    assert_eq!(Kind::from_number(store.kinds()[marker as usize]), Kind::StepMarker);
    // The lock was held since before the recording began.
    assert_eq!((store.starts()[lock as usize], store.dur_ns(lock)), (0, 591_517_874 + 21_772_538));
    let said = Diagnostic {
        text: "Error when processing events: Unknown runtime API function index: 468".to_owned(),
        count: 1,
    };
    assert_eq!(store.meta().diagnostics, [said]);
    Ok(())
}

#[test]
fn graph_kernels_are_joined_to_their_launch_and_streams_are_told_apart() -> TestResult {
    let (_folder, store) = open(GRAPH)?;
    assert_eq!(total(&store, "kernel"), (1_082, 12_053_509));
    let streams: Vec<Option<u32>> = store
        .meta()
        .tracks
        .iter()
        .filter(|track| track.track_type == TrackType::GpuStream)
        .map(|track| track.stream)
        .collect();
    assert_eq!(streams, [Some(7), Some(13), None]);
    let launch = (0_u32..)
        .zip(store.kinds())
        .find(|(_, kind)| **kind == Kind::GraphLaunch.number())
        .map(|(row, _)| row)
        .ok_or("no graph launch")?;
    let joined = store.rows_with_correlation(store.correlations()[launch as usize]);
    let kernels = joined.iter().filter(|row| {
        let category = usize::from(store.categories()[**row as usize]);
        store.meta().categories[category] == "kernel"
    });
    // The launch, its kernels, and its copies.
    assert_eq!((joined.len(), kernels.count()), (1 + 248 + 32, 248));
    assert_eq!(store.text(store.name_ids()[launch as usize]), Some("cudaGraphLaunch"));
    Ok(())
}

#[test]
fn arguments_are_the_row_with_its_strings() -> TestResult {
    let (_folder, store) = open(EAGER)?;
    let args = read_args(&recording(EAGER), &store, store.source_offset(0))?.ok_or("no arguments")?;
    let args: serde_json::Value = serde_json::from_str(&args)?;
    assert_eq!(args["deviceId"], 0);
    assert_eq!(args["streamId"], 7);
    assert_eq!(args["name"].as_str(), store.text(store.name_ids()[0]));
    assert!(args["short name"].as_str().is_some_and(|name| !name.is_empty()));
    assert_eq!(args["correlationId"].as_u64(), Some(u64::from(store.correlations()[0])));
    assert!(args.get("start").is_none());
    Ok(())
}

#[test]
fn a_process_can_be_read_alone() -> TestResult {
    let found = rank_processes(&recording(EAGER), &Cancel::default())?;
    assert_eq!(found, [RankProcess { pid: 25, name: "python3".to_owned(), devices: vec![0] }]);
    assert_eq!(rank_processes(&recording("kineto-h100-overlap.json.gz"), &Cancel::default())?, []);
    let folder = tempfile::tempdir()?;
    for (pid, slices) in [(25, 25_553), (1, 0)] {
        let store = folder.path().join("store");
        ingest_process(&recording(EAGER), Some(pid), &store, &mut |_| {}, &Cancel::default())?;
        assert_eq!(Store::open(&store, None)?.slice_count(), slices);
    }
    Ok(())
}

#[test]
fn progress_reaches_the_end_and_a_cancelled_reading_leaves_nothing() -> TestResult {
    let folder = tempfile::tempdir()?;
    let store = folder.path().join("store");
    let mut last = None;
    ingest_trace(&recording(EAGER), &store, &mut |progress| last = Some(progress), &Cancel::default())?;
    let last = last.ok_or("no progress")?;
    assert_eq!(last.bytes_total, std::fs::metadata(recording(EAGER))?.len());
    std::fs::remove_dir_all(&store)?;
    let cancel = Cancel::default();
    cancel.cancel();
    let error = ingest_trace(&recording(EAGER), &store, &mut |_| {}, &cancel).expect_err("cancelled");
    assert_eq!(error.code, ErrorCode::IngestCancelled);
    assert_eq!(std::fs::read_dir(folder.path())?.count(), 0);
    Ok(())
}
