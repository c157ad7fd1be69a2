// SPDX-License-Identifier: Apache-2.0
//! Expert computing by layer: told by ranges, by order, by operators, or not at all.

#[path = "../../ingest/tests/common/mod.rs"]
mod common;

use std::path::{Path, PathBuf};

use common::{TestResult, open_picture};
use iterscope_analysis::{ExpertTimes, Subject, ToldBy, expert_times};
use iterscope_ingest::{Cancel, ingest_trace};
use iterscope_store::Store;

const ALL: (i64, i64) = (i64::MIN, i64::MAX);

fn open_recording(name: &str) -> TestResult<(tempfile::TempDir, Store)> {
    let path: PathBuf =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../test/fixtures/traces").join(name);
    let folder = tempfile::tempdir()?;
    let store = folder.path().join("store");
    ingest_trace(&path, &store, &mut |_| {}, &Cancel::default())?;
    let store = Store::open(&store, Some(&path))?;
    Ok((folder, store))
}

/// Time of each layer, all iterations together.
fn by_layer(found: &ExpertTimes) -> Vec<i64> {
    found.layer_ns.chunks(found.iterations.len()).map(|row| row.iter().sum()).collect()
}

fn times(store: &Store, layers: &[u32]) -> Result<Option<ExpertTimes>, iterscope_model::TraceError> {
    expert_times(&Subject::of(store), ALL, layers)
}

#[test]
fn ranges_around_the_launch_tell_the_layer() -> TestResult {
    let (_folder, store) = open_picture(
        "9/9 user_annotation: [S1........................][S2......]
         9/9 user_annotation: .[layer 4..][layer 7.....]
         9/9 cuda_runtime:    ..[l#1][l#2].[l#3]...........[l#4]
         0/7 kernel:          ....[moe_gemm#1].[gemm#2][moe_gemm#3..][moe_gemm#4]",
    )?;
    let found = times(&store, &[4, 7])?.ok_or("nothing told")?;
    assert_eq!(
        (found.told_by, found.layers.as_slice(), found.by_order_ns),
        (ToldBy::Kernels, &[4, 7][..], 0)
    );
    assert_eq!(found.iterations, [1, 2]);
    // The second step launches outside of any layer: its time is in the total alone.
    assert_eq!(found.layer_ns, [12_000, 0, 14_000, 0]);
    assert_eq!(found.total_ns, [26_000, 12_000]);
    Ok(())
}

#[test]
fn the_same_kernels_once_for_each_layer_are_told_by_order() -> TestResult {
    let (_folder, store) = open_picture(
        "9/9 user_annotation: [S1....................................]
         9/9 cuda_runtime:    .[g#1][g#2][g#3][g#4]
         0/7 kernel:          ......[moe_up#1][moe_down#2][moe_up#3][moe_down#4.]",
    )?;
    let found = times(&store, &[3, 5])?.ok_or("nothing told")?;
    assert_eq!(found.layers, [3, 5]);
    assert_eq!(found.layer_ns.iter().sum::<i64>(), found.by_order_ns);
    assert_eq!(found.total_ns, [found.by_order_ns]);
    // Of three layers, or of as many as there are kernels, the order tells nothing.
    for layers in [&[3, 4, 5][..], &[1, 2, 3, 4], &[]] {
        let found = times(&store, layers)?.ok_or("nothing told")?;
        assert_eq!((found.layers.len(), found.by_order_ns), (0, 0), "{layers:?}");
    }
    Ok(())
}

#[test]
fn the_operators_of_a_host_tell_it_and_other_traces_do_not() -> TestResult {
    let (_folder, store) = open_picture(
        "9/9 user_annotation: [S1......................................]
         9/9 user_annotation: .[layer 0.........][layer 1.........]
         9/9 cpu_op:          ..[moe.experts]....[moe.experts..]",
    )?;
    let found = times(&store, &[0, 1])?.ok_or("nothing told")?;
    assert_eq!((found.told_by, found.layer_ns.as_slice()), (ToldBy::Operators, &[13_000, 15_000][..]));
    let (_folder, store) = open_picture("9/9 user_annotation: [S1....]\n9/9 cpu_op: ..[mm]")?;
    assert_eq!(times(&store, &[0])?, None);
    assert!(expert_times(&Subject::of(&store), (5, 6), &[0]).is_err());
    Ok(())
}

/// Figures counted independently from the files.
#[test]
fn ranges_of_a_recording_tell_its_layers() -> TestResult {
    let (_folder, store) = open_recording("kineto-h100-eager.json.gz")?;
    let found = times(&store, &[])?.ok_or("nothing told")?;
    assert_eq!((found.told_by, found.layers.len(), found.by_order_ns), (ToldBy::Ranges, 12, 0));
    let expected = [
        6_041_845, 6_339_877, 6_883_500, 5_579_958, 5_671_931, 6_073_859, 6_614_232, 5_112_064, 5_928_893,
        5_459_655, 5_634_539, 5_893_249,
    ];
    assert_eq!(by_layer(&found), expected);
    assert_eq!(found.total_ns.iter().sum::<i64>(), expected.iter().sum::<i64>());
    Ok(())
}

/// Six layers, of which a graph launches two grouped GEMMs and their preparations each.
#[test]
fn graphs_of_a_recording_are_told_by_order() -> TestResult {
    let (_folder, store) = open_recording("h100-workload-graphs.json.gz")?;
    let found = times(&store, &[0, 1, 2, 3, 4, 5])?.ok_or("nothing told")?;
    assert_eq!((found.told_by, found.iterations.len()), (ToldBy::Kernels, 12));
    assert_eq!(by_layer(&found), [1_194_633, 1_180_492, 1_183_401, 1_161_005, 1_174_477, 1_167_909]);
    assert_eq!(found.by_order_ns, 7_061_917);
    Ok(())
}
