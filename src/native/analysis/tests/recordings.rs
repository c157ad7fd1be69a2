// SPDX-License-Identifier: Apache-2.0
//! Analyses of the recordings of a real GPU equal what independent scripts computed from the same files.

use std::error::Error;
use std::path::{Path, PathBuf};

use iterscope_analysis::{
    Iteration, Layer, Selection, Subject, device_ranges, iterations, iterations_of, operators, slice_details,
    summary, top_kernels,
};
use iterscope_ingest::{Cancel, ingest_trace, read_args};
use iterscope_model::{Kind, WarningCode};
use iterscope_store::Store;

type TestResult = Result<(), Box<dyn Error>>;

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

fn check_compositions(iterations: &[Iteration]) {
    for window in iterations.iter().flat_map(|iteration| &iteration.gpu_windows) {
        let parts = window.composition;
        let sum = parts.compute_ns + parts.communication_ns + parts.memory_ns + parts.idle_ns;
        assert_eq!(sum, window.span.1 - window.span.0);
    }
}

#[test]
fn the_eager_recording_has_eleven_steps() -> TestResult {
    let (_folder, store) = open("kineto-h100-eager.json.gz")?;
    let totals = summary(&store);
    assert_eq!((totals.gpu.kernel_count, totals.gpu.kernel_time_ns), (20_049, 74_271_446));
    assert_eq!(totals.gpu.devices.len(), 1);
    assert_eq!(totals.gpu.devices[0].busy_ns, 75_589_063);

    let table = iterations(&store, 0);
    let indexes: Vec<i64> = table.iterations.iter().map(|iteration| iteration.index).collect();
    assert_eq!(indexes, (20..=30).collect::<Vec<i64>>());
    assert!(table.iterations.iter().all(|iteration| iteration.generation_requests == Some(512)));
    assert!(
        table.iterations.iter().all(|iteration| iteration.context_tokens.is_none() && !iteration.inferred)
    );
    // A synchronisation ends each step: host and GPU windows agree, and all kernels belong to some step.
    assert_eq!(table.shifted_kernels, 0);
    assert_eq!(table.iterations.iter().map(|iteration| iteration.kernel_count).sum::<u64>(), 20_049);
    let busy: i64 = table.iterations.iter().filter_map(|iteration| iteration.gpu_busy_ns).sum();
    // Twelve copies of 19,680 ns are launched after the last marker and belong to no step.
    assert_eq!(busy, 75_589_063 - 19_680);
    check_compositions(&table.iterations);
    Ok(())
}

#[test]
fn the_overlap_recording_shifts_kernels_into_later_windows() -> TestResult {
    let (_folder, store) = open("kineto-h100-overlap.json.gz")?;
    let totals = summary(&store);
    assert_eq!((totals.gpu.kernel_count, totals.gpu.kernel_time_ns), (5_328, 59_129_168));
    assert_eq!(totals.gpu.devices[0].busy_ns, 59_410_082);

    let table = iterations(&store, 0);
    assert_eq!(table.shifted_kernels, 2_172);
    let prefills: Vec<i64> = table
        .iterations
        .iter()
        .filter(|iteration| iteration.context_tokens == Some(2048))
        .map(|iteration| iteration.index)
        .collect();
    assert_eq!((table.iterations.len(), prefills), (16, vec![20, 26]));
    check_compositions(&table.iterations);
    Ok(())
}

#[test]
fn iterations_are_inferred_where_markers_lack() -> TestResult {
    let (_folder, store) = open("kineto-h100-overlap-nomarkers.json.gz")?;
    let totals = summary(&store);
    assert_eq!((totals.gpu.kernel_count, totals.gpu.kernel_time_ns), (5_328, 59_388_409));
    assert_eq!(totals.gpu.devices[0].busy_ns, 59_678_753);
    assert!(totals.warnings.iter().all(|warning| warning.code != WarningCode::IterationsNotFound));

    let table = iterations(&store, 16).iterations;
    assert_eq!(table.len(), 16);
    assert!(table.iter().all(|iteration| iteration.inferred));
    let mut by_kernels: Vec<(u64, i64)> =
        table.iter().map(|iteration| (iteration.kernel_count, iteration.index)).collect();
    by_kernels.sort_unstable();
    let prefills: Vec<i64> = by_kernels[14..].iter().map(|(_, index)| *index).collect();
    assert_eq!(prefills.iter().copied().min().zip(prefills.iter().copied().max()), Some((20, 26)));
    check_compositions(&table);
    Ok(())
}

#[test]
fn kernels_by_name_add_up() -> TestResult {
    let (_folder, store) = open("kineto-h100-overlap.json.gz")?;
    let all = top_kernels(&store, usize::MAX);
    assert_eq!(all.iter().map(|stat| stat.count).sum::<u64>(), 5_328);
    assert_eq!(all.iter().map(|stat| stat.total_ns).sum::<i64>(), 59_129_168);
    assert!(all.is_sorted_by(|a, b| a.total_ns >= b.total_ns));
    assert!(all.iter().all(|stat| stat.min_ns <= stat.max_ns && stat.min_ns * 2 <= stat.total_ns * 2));
    assert_eq!(top_kernels(&store, 3), all[..3]);
    Ok(())
}

#[test]
fn a_graph_launch_is_joined_to_its_kernels() -> TestResult {
    let (_folder, store) = open("kineto-h100-overlap.json.gz")?;
    let launch = (0_u32..)
        .zip(store.kinds())
        .find(|(_, kind)| **kind == Kind::GraphLaunch.number())
        .map(|(row, _)| row)
        .ok_or("no graph launch")?;
    let details = slice_details(&store, launch)?;
    assert_eq!(details.name, "cudaGraphLaunch");
    assert!(details.partners.len() > 100, "{} partners", details.partners.len());
    assert!(details.launch_delay_ns.is_some_and(|delay| delay > 0));
    for kernel in [details.partners.first(), details.partners.last()] {
        let kernel = slice_details(&store, *kernel.ok_or("no kernel")?)?;
        assert_eq!(kernel.partners, [launch], "the others of its graph launched nothing");
    }
    let parent = slice_details(&store, details.parent.ok_or("no parent")?)?;
    assert_eq!(parent.name, "[Executor] _forward_step 16: 0 ctx reqs, 0 ctx tokens, 256 gen reqs");
    let args = read_args(&recording("kineto-h100-overlap.json.gz"), &store, store.source_offset(launch))?;
    let correlation = format!("\"correlation\": {}", details.correlation.ok_or("no correlation")?);
    assert!(args.ok_or("no arguments")?.contains(&correlation));
    Ok(())
}

#[test]
fn questions_asked_at_once_about_one_trace_share_and_answer_as_alone() -> TestResult {
    let (_folder, store) = open("kineto-h100-eager.json.gz")?;
    let shared = Subject::of(&store);
    let everything = (0, store.meta().end_ns);
    let later = (store.meta().end_ns / 3, store.meta().end_ns / 2);
    std::thread::scope(|scope| -> TestResult {
        let asked = [everything, later, everything].map(|range| {
            let shared = shared.clone();
            scope.spawn(move || {
                let stats = operators(&shared, &Selection::all(Layer::Operators));
                (
                    iterations_of(&shared),
                    device_ranges(&shared, range, 5),
                    stats.map_err(|error| error.message),
                )
            })
        });
        for (asked, range) in asked.into_iter().zip([everything, later, everything]) {
            let (table, ranges, stats) = asked.join().map_err(|_| "a question panicked")?;
            let alone = || Subject::of(&store);
            assert_eq!(table, iterations_of(&alone()));
            assert_eq!(ranges, device_ranges(&alone(), range, 5));
            assert_eq!(stats?, operators(&alone(), &Selection::all(Layer::Operators))?);
        }
        Ok(())
    })
}
