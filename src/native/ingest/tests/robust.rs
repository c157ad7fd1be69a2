// SPDX-License-Identifier: Apache-2.0
//! Valid traces come back as they were; damaged ones give what can be read, or an error that names the file.

mod common;

use std::io::Write;

use common::{Drawn, TestResult, draw, drawn_from, open_bytes, open_picture, to_json};
use flate2::Compression;
use flate2::write::GzEncoder;
use iterscope_ingest::{Cancel, ingest_trace};
use iterscope_model::{ErrorCode, WarningCode};
use iterscope_store::{STORE_VERSION, Store};
use proptest::prelude::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory is writable");
    encoder.finish().expect("memory is writable")
}

fn warnings(store: &Store) -> Vec<(WarningCode, u64)> {
    store.meta().warnings.iter().map(|warning| (warning.code, warning.count)).collect()
}

fn open_json(json: &str) -> TestResult<(tempfile::TempDir, Store)> {
    let folder = tempfile::tempdir()?;
    let store = open_bytes(folder.path(), json.as_bytes())?;
    Ok((folder, store))
}

const PICTURE: &str = "
    1/1 user_annotation: [step......][step......]
    1/1 cpu_op:          .[add.][mul]
    0/7 kernel:          ...[gemm#3..][norm#4.]
";

#[test]
fn a_drawn_trace_comes_back_as_drawn() -> TestResult {
    let (_folder, store) = open_picture(PICTURE)?;
    let mut expected = draw(PICTURE);
    let first = expected.iter().map(|event| event.start_ns).min().ok_or("nothing drawn")?;
    for event in &mut expected {
        event.start_ns -= first;
    }
    expected.sort();
    assert_eq!(drawn_from(&store), expected);
    assert_eq!(store.meta().origin_ns, 1_000_000_000 + first);
    Ok(())
}

#[test]
fn overlapping_kernels_of_one_stream_are_all_shown() -> TestResult {
    let (_folder, store) = open_picture(
        "0/7 gpu_user_annotation: [range......................]
         0/7 kernel: [first#1....]......[third#3.......]
         0/7 kernel: ......[second#2...].....[fourth#4..]",
    )?;
    let track = &store.meta().tracks[0];
    assert_eq!((track.slice_count, track.lanes), (5, 3));
    assert!(warnings(&store).contains(&(WarningCode::PartialOverlap, 2)));
    Ok(())
}

#[test]
fn plain_and_compressed_sources_give_the_same_trace() -> TestResult {
    let json = to_json(&draw(PICTURE));
    let (head, tail) = json.as_bytes().split_at(json.len() / 2);
    let members = [gzip(head), gzip(tail)].concat();
    let (_folder, plain) = open_json(&json)?;
    for bytes in [gzip(json.as_bytes()), members] {
        let folder = tempfile::tempdir()?;
        let store = open_bytes(folder.path(), &bytes)?;
        assert_eq!(drawn_from(&store), drawn_from(&plain));
        assert!(store.meta().compressed);
    }
    Ok(())
}

#[test]
fn a_cut_compressed_source_gives_what_came_before() -> TestResult {
    let events: Vec<Drawn> =
        (0..20_000).map(|index| Drawn { start_ns: index * 10, ..draw(PICTURE)[0].clone() }).collect();
    let bytes = gzip(to_json(&events).as_bytes());
    let folder = tempfile::tempdir()?;
    let store = open_bytes(folder.path(), &bytes[..bytes.len() / 2])?;
    assert!(store.slice_count() > 1_000 && store.slice_count() < 20_000);
    assert!(warnings(&store).contains(&(WarningCode::Truncated, 1)));
    Ok(())
}

#[test]
fn what_is_no_trace_is_refused_by_name() -> TestResult {
    let cases: [(&[u8], ErrorCode); 7] = [
        (b"", ErrorCode::TraceNotATrace),
        (b"PK\x03\x04 something else", ErrorCode::TraceNotATrace),
        (b"{\"hello\": [1, 2]}", ErrorCode::TraceNotATrace),
        (b"[1, 2, 3]", ErrorCode::TraceNotATrace),
        (b"[{\"a\": 1}, {\"b\": 2}]", ErrorCode::TraceNotATrace),
        (b"{\"schemaVersion\": 1, \"traceEv", ErrorCode::TraceTruncatedEmpty),
        (b"{\"traceEvents\": [{\"ph\": \"X\", \"na", ErrorCode::TraceTruncatedEmpty),
    ];
    let folder = tempfile::tempdir()?;
    for (bytes, code) in cases {
        let error = open_bytes(folder.path(), bytes).expect_err("this is no trace");
        assert_eq!(error.code, code, "{}", String::from_utf8_lossy(bytes));
        assert!(error.message.contains("trace.bin"), "{}", error.message);
    }
    let missing =
        ingest_trace(&folder.path().join("none"), &folder.path().join("s"), &mut |_| {}, &Cancel::default());
    assert_eq!(missing.expect_err("it is missing").code, ErrorCode::TraceNotFound);
    let is_folder = ingest_trace(folder.path(), &folder.path().join("s"), &mut |_| {}, &Cancel::default());
    assert_eq!(is_folder.expect_err("it is a folder").code, ErrorCode::TraceUnreadable);
    Ok(())
}

#[test]
fn a_cancelled_ingest_leaves_nothing_behind() -> TestResult {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("trace.json");
    std::fs::write(&source, to_json(&draw(PICTURE)))?;
    let cancel = Cancel::default();
    cancel.cancel();
    let error =
        ingest_trace(&source, &folder.path().join("store"), &mut |_| {}, &cancel).expect_err("cancelled");
    assert_eq!(error.code, ErrorCode::IngestCancelled);
    assert_eq!(std::fs::read_dir(folder.path())?.count(), 1);
    Ok(())
}

#[test]
fn stale_damaged_and_foreign_stores_are_noticed() -> TestResult {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("trace.bin");
    let store = folder.path().join("store");
    drop(open_bytes(folder.path(), to_json(&draw(PICTURE)).as_bytes())?);

    for name in ["slices.arrow", "names.arrow", "meta.json"] {
        let path = store.join(name);
        let good = std::fs::read(&path)?;
        let mut bad = good.clone();
        let last = bad.len() - 12;
        bad[last] ^= 0x10;
        std::fs::write(&path, &bad)?;
        assert_eq!(Store::open(&store, None).expect_err("damaged").code, ErrorCode::StoreDamaged, "{name}");
        std::fs::write(&path, &good[..good.len() / 2])?;
        assert_eq!(Store::open(&store, None).expect_err("cut").code, ErrorCode::StoreDamaged, "{name}");
        std::fs::write(&path, &good)?;
    }
    let meta = std::fs::read_to_string(store.join("meta.json"))?;
    let version = format!("\"storeVersion\":{STORE_VERSION}");
    std::fs::write(store.join("meta.json"), meta.replacen(&version, "\"storeVersion\":999", 1))?;
    assert_eq!(Store::open(&store, None).expect_err("foreign").code, ErrorCode::StoreVersion);
    std::fs::write(store.join("meta.json"), meta)?;
    Store::open(&store, Some(&source))?;

    std::fs::write(&source, to_json(&draw("1/1 cpu_op: [other]")))?;
    assert_eq!(Store::open(&store, Some(&source)).expect_err("stale").code, ErrorCode::StoreStale);
    std::fs::remove_file(&source)?;
    assert_eq!(Store::open(&store, Some(&source)).expect_err("gone").code, ErrorCode::TraceNotFound);
    Store::open(&store, None)?;
    Ok(())
}

fn any_event() -> impl Strategy<Value = Drawn> {
    let names = prop_oneof!["[a-z]{1,12}", "\\PC{0,20}", Just("a \"quoted\" \\ name\n".to_owned())];
    (0_i64..1 << 40, 0_i64..1 << 34, 0_u8..4, 0_u8..3, names, 0_u32..9).prop_map(
        |(start_ns, dur_ns, pid, category, name, correlation)| Drawn {
            pid: pid.to_string(),
            tid: format!("thread {}", pid % 2),
            category: ["cpu_op", "kernel", "something_new"][usize::from(category)].to_owned(),
            name,
            start_ns,
            dur_ns,
            correlation,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn random_traces_come_back_as_they_were(mut events in proptest::collection::vec(any_event(), 1..60)) {
        let folder = tempfile::tempdir()?;
        let store = open_bytes(folder.path(), to_json(&events).as_bytes())?;
        let first = events.iter().map(|event| event.start_ns).min().unwrap_or(0);
        for event in &mut events {
    event.start_ns -= first;
}
        events.sort();
        prop_assert_eq!(drawn_from(&store), events);
    }

    #[test]
    fn cuts_and_flipped_bits_never_stop_the_program(
        events in proptest::collection::vec(any_event(), 1..20),
        cut in 0.0_f64..1.0, flip in 0.0_f64..1.0, bit in 0_u8..8, compressed: bool,
    ) {
        let mut bytes = to_json(&events).into_bytes();
        if compressed {
            bytes = gzip(&bytes);
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let at = |share: f64, length: usize| (share * length as f64) as usize;
        let flipped = at(flip, bytes.len());
        bytes[flipped] ^= 1 << bit;
        let folder = tempfile::tempdir()?;
        for text in [&bytes[..], &bytes[..at(cut, bytes.len())]] {
            match open_bytes(folder.path(), text) {
                Ok(store) => prop_assert!(store.slice_count() <= events.len() + 1),
                Err(error) => prop_assert!(!error.message.is_empty()),
            }
        }
    }
}
