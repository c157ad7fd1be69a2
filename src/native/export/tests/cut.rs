// SPDX-License-Identifier: Apache-2.0
//! A cut trace is a trace: read again, its iterations have the figures that they had in the whole one.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use iterscope_analysis::{Iteration, Subject, iterations};
use iterscope_export::{Part, Written, write_chrome, write_slices_csv};
use iterscope_ingest::{Cancel, ingest_trace, read_args};
use iterscope_model::ErrorCode;
use iterscope_store::Store;

type TestResult<T = ()> = Result<T, Box<dyn Error>>;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../test/fixtures/traces").join(name)
}

fn open(source: &Path, folder: &Path) -> TestResult<Store> {
    ingest_trace(source, folder, &mut |_| {}, &Cancel::default())?;
    Ok(Store::open(folder, Some(source))?)
}

fn cut(store: &Store, source: &Path, part: Part, target: &Path) -> TestResult<Written> {
    let subject = Subject::of(store);
    Ok(write_chrome(&subject, source, part, target, &mut |_| {}, &Cancel::default())?)
}

/// What an iteration's own window says, whatever came before and after.
#[derive(Debug, PartialEq)]
struct Figures {
    index: i64,
    start_ns: i64,
    marker_end_ns: i64,
    gpu_busy_ns: Option<i64>,
    kernel_count: u64,
    kernel_time_ns: i64,
    requests: [Option<u32>; 2],
}

fn figures(iteration: &Iteration) -> Figures {
    Figures {
        index: iteration.index,
        start_ns: iteration.span.0,
        marker_end_ns: iteration.marker_end_ns,
        gpu_busy_ns: iteration.gpu_busy_ns,
        kernel_count: iteration.kernel_count,
        kernel_time_ns: iteration.kernel_time_ns,
        requests: [iteration.context_requests, iteration.generation_requests],
    }
}

fn check_cut(name: &str, first: i64, last: i64) -> TestResult<(Store, Store, tempfile::TempDir)> {
    let folder = tempfile::tempdir()?;
    let source = fixture(name);
    let whole = open(&source, &folder.path().join("whole"))?;
    let target = folder.path().join("cut.json");
    let written = cut(&whole, &source, Part::Iterations(first, last), &target)?;
    assert_eq!(written.bytes, fs::metadata(&target)?.len());
    let part = open(&target, &folder.path().join("part"))?;
    assert_eq!(part.slice_count() as u64, written.slices);
    let expected: Vec<_> = iterations(&whole, 0).iterations;
    let origin_ns = part.meta().origin_ns - whole.meta().origin_ns;
    let chosen = expected.iter().filter(|iteration| (first..=last).contains(&iteration.index)).map(figures);
    let found = iterations(&part, 0).iterations.into_iter().map(|mut iteration| {
        iteration.span.0 += origin_ns;
        iteration.marker_end_ns += origin_ns;
        figures(&iteration)
    });
    let (mut found, mut chosen): (Vec<_>, Vec<_>) = (found.collect(), chosen.collect());
    assert_eq!(i64::try_from(found.len())?, last - first + 1);
    // The last window of any trace ends with its marker: what it launched later is nobody's, so that one may hold less.
    let (found_last, last) = (found.pop().ok_or("empty")?, chosen.pop().ok_or("empty")?);
    assert_eq!(found, chosen);
    assert_eq!(
        (found_last.index, found_last.start_ns, found_last.marker_end_ns),
        (last.index, last.start_ns, last.marker_end_ns)
    );
    assert!(found_last.kernel_count <= last.kernel_count);
    Ok((whole, part, folder))
}

#[test]
fn iterations_of_a_kineto_trace_keep_their_figures_and_arguments() -> TestResult {
    let (whole, part, folder) = check_cut("kineto-h100-overlap.json.gz", 19, 22)?;
    assert!(part.slice_count() > 100 && part.slice_count() < whole.slice_count() / 2);
    assert_eq!(part.meta().devices, whole.meta().devices);
    let kernels = |store: &Store| {
        (0..u32::try_from(store.slice_count()).unwrap_or(0))
            .find(|row| store.correlations()[*row as usize] != 0)
    };
    let row = kernels(&part).ok_or("no kernel")?;
    let same = (0..u32::try_from(whole.slice_count())?)
        .find(|other| {
            whole.correlations()[*other as usize] == part.correlations()[row as usize]
                && whole.dur_ns(*other) == part.dur_ns(row)
        })
        .ok_or("the whole trace has it too")?;
    let copied = read_args(&folder.path().join("cut.json"), &part, part.source_offset(row))?;
    let original = read_args(&fixture("kineto-h100-overlap.json.gz"), &whole, whole.source_offset(same))?;
    assert!(copied.is_some());
    assert_eq!(copied, original);
    Ok(())
}

#[test]
fn iterations_of_a_report_keep_their_figures() -> TestResult {
    let (whole, part, _folder) = check_cut("nsys-h100-eager.sqlite.gz", 21, 22)?;
    assert!(part.slice_count() < whole.slice_count());
    Ok(())
}

#[test]
fn everything_keeps_every_slice_arrow_and_sample() -> TestResult {
    let folder = tempfile::tempdir()?;
    let source = fixture("kineto-h100-overlap.json.gz");
    let whole = open(&source, &folder.path().join("whole"))?;
    let target = folder.path().join("all.json");
    let written = cut(&whole, &source, Part::Everything, &target)?;
    let again = open(&target, &folder.path().join("again"))?;
    assert_eq!(again.slice_count(), whole.slice_count());
    assert_eq!(written.flows, whole.points().flow_count() as u64);
    assert_eq!(again.points().flow_count(), whole.points().flow_count());
    assert_eq!(again.meta().origin_ns, whole.meta().origin_ns);
    assert_eq!(again.starts().len(), whole.starts().len());
    Ok(())
}

#[test]
fn unknown_iterations_and_a_changed_source_are_refused_and_leave_nothing() -> TestResult {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("source.json.gz");
    fs::copy(fixture("kineto-h100-overlap.json.gz"), &source)?;
    let store = open(&source, &folder.path().join("store"))?;
    let target = folder.path().join("cut.json");
    let code = |part| {
        let subject = Subject::of(&store);
        write_chrome(&subject, &source, part, &target, &mut |_| {}, &Cancel::default())
            .map_err(|error| error.code)
    };
    assert_eq!(code(Part::Iterations(900, 901)), Err(ErrorCode::QueryOutOfRange));
    fs::write(&source, b"[]")?;
    assert_eq!(code(Part::Everything), Err(ErrorCode::StoreStale));
    let left: Vec<_> = fs::read_dir(folder.path())?.flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    Ok(())
}

#[test]
fn a_table_of_slices_has_a_row_for_each() -> TestResult {
    let folder = tempfile::tempdir()?;
    let source = fixture("kineto-h100-overlap.json.gz");
    let store = open(&source, &folder.path().join("store"))?;
    let target = folder.path().join("slices.csv");
    let subject = Subject::of(&store);
    let written = write_slices_csv(&subject, Part::Everything, &target, &mut |_| {}, &Cancel::default())?;
    let text = fs::read_to_string(&target)?;
    assert_eq!(text.lines().count() as u64, written.slices + 1);
    let total: i64 =
        text.lines().skip(1).filter_map(|line| line.split(',').nth(2)?.parse::<i64>().ok()).sum();
    let rows = 0..u32::try_from(store.slice_count())?;
    assert_eq!(total, rows.map(|row| store.dur_ns(row)).sum::<i64>());
    Ok(())
}
