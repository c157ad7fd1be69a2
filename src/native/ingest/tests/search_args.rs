// SPDX-License-Identifier: Apache-2.0
//! Searches through arguments, in plain and compressed traces and in reports.

mod common;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use common::{TestResult, open_bytes};
use iterscope_ingest::{ArgsSearch, Cancel, FoundArgs, SearchProgress, ingest_trace, read_args, search_args};
use iterscope_model::{ErrorCode, Result, Row};
use iterscope_store::Store;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../test/fixtures/traces").join(name)
}

fn contains(args: &[u8], text: &str) -> bool {
    args.windows(text.len()).any(|part| part == text.as_bytes())
}

fn look(source: &Path, store: &Store, text: &str, most_rows: usize) -> Result<(FoundArgs, SearchProgress)> {
    let rows = (0..Row::try_from(store.slice_count()).unwrap_or(Row::MAX)).collect();
    let mut last = None;
    let mut streamed = Vec::new();
    let found = search_args(
        source,
        store,
        rows,
        ArgsSearch {
            matches: &|args| contains(args, text),
            most_rows,
            on_progress: &mut |progress| {
                streamed.extend_from_slice(&progress.rows);
                last = Some(progress);
            },
            cancel: &Cancel::default(),
        },
    )?;
    assert_eq!(streamed, found.rows, "what was told on the way is what was found");
    Ok((found, last.expect("progress is told at the end")))
}

fn ingested(source: &Path, folder: &Path) -> TestResult<Store> {
    let path = folder.join("searched");
    ingest_trace(source, &path, &mut |_| {}, &Cancel::default())?;
    Ok(Store::open(&path, Some(source))?)
}

#[test]
fn every_slice_of_a_recording_that_has_the_text_is_found_plain_and_compressed() -> TestResult {
    let folder = tempfile::tempdir()?;
    let compressed = fixture("kineto-h100-overlap.json.gz");
    let plain = folder.path().join("plain.json");
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(std::fs::File::open(&compressed)?).read_to_end(&mut text)?;
    std::fs::write(&plain, &text)?;
    let looked_for = "\"stream\": 13,";
    // One event a line of its own is not given: count by an independent reader of JSON.
    let document: serde_json::Value = serde_json::from_slice(&text)?;
    let events = document["traceEvents"].as_array().ok_or("no events")?;
    let expected = events.iter().filter(|event| event["ph"] == "X" && event["args"]["stream"] == 13).count();
    assert!(expected > 0);
    for source in [&compressed, &plain] {
        let store = ingested(source, folder.path())?;
        let (found, last) = look(source, &store, looked_for, usize::MAX)?;
        assert_eq!((found.count, found.rows.len()), (expected as u64, expected));
        assert_eq!((last.done, last.count), (last.total, expected as u64));
        let args = read_args(source, &store, store.source_offset(found.rows[0]))?.ok_or("no arguments")?;
        assert!(args.contains(looked_for));
        let (few, _) = look(source, &store, looked_for, 3)?;
        assert_eq!((few.count, few.rows), (found.count, found.rows[..3].to_vec()));
        let total_ns: i64 = found.rows.iter().map(|row| store.dur_ns(*row)).sum();
        assert_eq!((found.total_ns, few.total_ns), (total_ns, total_ns));
    }
    Ok(())
}

#[test]
fn events_larger_than_a_block_and_events_without_arguments_are_read() -> TestResult {
    let folder = tempfile::tempdir()?;
    let long = "x".repeat(3 << 20);
    let text = format!(
        r#"[{{"ph":"X","name":"a","ts":1,"dur":1,"pid":1,"tid":1}},
            {{"ph":"X","name":"b","ts":2,"dur":1,"pid":1,"tid":1,"args":{{"k":"{long}needle"}}}},
            {{"ph":"X","name":"c","ts":3,"dur":1,"pid":1,"tid":1,"args":{{"k":"needle"}}}}]"#
    );
    let store = open_bytes(folder.path(), text.as_bytes())?;
    let source = PathBuf::from(&store.meta().source.path);
    assert_eq!(
        look(&source, &store, "needle", 10)?.0,
        FoundArgs { count: 2, total_ns: 2000, rows: vec![1, 2] }
    );
    Ok(())
}

#[test]
fn rows_of_a_report_are_searched_as_they_are_shown() -> TestResult {
    let folder = tempfile::tempdir()?;
    let source = fixture("nsys-h100-eager.sqlite.gz");
    let store = ingested(&source, folder.path())?;
    let (found, last) = look(&source, &store, "\"registersPerThread\"", usize::MAX)?;
    let kernels = (0..Row::try_from(store.slice_count())?).filter(|row| {
        let category = usize::from(store.categories()[*row as usize]);
        store.meta().categories[category] == "kernel"
    });
    assert_eq!(found.count, kernels.count() as u64);
    assert!(found.count > 0 && last.done == last.total);
    Ok(())
}

#[test]
fn a_search_ends_when_asked_and_refuses_a_source_that_changed() -> TestResult {
    let folder = tempfile::tempdir()?;
    let text = r#"[{"ph":"X","name":"a","ts":1,"dur":1,"pid":1,"tid":1,"args":{"k":1}}]"#;
    let store = open_bytes(folder.path(), text.as_bytes())?;
    let source = PathBuf::from(&store.meta().source.path);
    let cancel = Cancel::default();
    cancel.cancel();
    let search = ArgsSearch { matches: &|_| true, most_rows: 1, on_progress: &mut |_| {}, cancel: &cancel };
    let error = search_args(&source, &store, vec![0], search).expect_err("it was cancelled");
    assert_eq!(error.code, ErrorCode::IngestCancelled);
    std::fs::OpenOptions::new().append(true).open(&source)?.write_all(b" ")?;
    let error = look(&source, &store, "k", 1).expect_err("it changed");
    assert_eq!(error.code, ErrorCode::StoreStale);
    Ok(())
}
