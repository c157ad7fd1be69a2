// SPDX-License-Identifier: Apache-2.0
//! Traces that are made to fill memory, to nest without end or to change while they are read; and a full disk.

mod common;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use common::{Drawn, TestResult, draw, drawn_from, open_bytes, to_json};
use flate2::Compression;
use flate2::write::GzEncoder;
use iterscope_ingest::{Cancel, ingest_trace, read_args};
use iterscope_model::{ErrorCode, TraceError, WarningCode};
use iterscope_store::Store;
use proptest::prelude::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory is writable");
    encoder.finish().expect("memory is writable")
}

fn warned(store: &Store, code: WarningCode) -> u64 {
    store.meta().warnings.iter().filter(|warning| warning.code == code).map(|warning| warning.count).sum()
}

/// One slice of a thread, or an event of another form.
fn slice(name: &str, tid: usize, start: usize, length: usize) -> String {
    format!(r#"{{"ph":"X","cat":"cpu_op","name":"{name}","pid":1,"tid":{tid},"ts":{start},"dur":{length}}}"#)
}

/// An error is of use when it names the file and says what to do.
fn is_of_use(error: &TraceError) -> bool {
    const CURES: [&str; 8] = ["Choose", "Check", "Record", "Export", "Open", "Read", "inflate", "Free"];
    error.message.contains("trace.bin") && CURES.iter().any(|cure| error.message.contains(cure))
}

/// Members of a mebibyte each; a mebibyte compresses to about a kilobyte.
fn bomb(head: &[u8], filling: &[u8], mebibytes: usize) -> Vec<u8> {
    let member = gzip(&filling.repeat((1 << 20) / filling.len()));
    let mut bytes = gzip(head);
    for _ in 0..mebibytes {
        bytes.extend_from_slice(&member);
    }
    bytes
}

#[test]
fn a_gzip_bomb_is_refused_before_it_fills_memory() -> TestResult {
    let spaced = format!("{}{},", " ".repeat(1 << 15), slice("boom", 1, 5, 1));
    let folder = tempfile::tempdir()?;
    for (head, filling) in [(&b"{\"traceEvents\": ["[..], spaced.as_bytes()), (b"SQLite format 3\0", b"\0")] {
        let error = open_bytes(folder.path(), &bomb(head, filling, 300)).expect_err("a bomb");
        assert_eq!(error.code, ErrorCode::IngestTooLarge);
        assert!(error.offset.is_some_and(|offset| offset >= 256 << 20), "{:?}", error.offset);
        assert!(is_of_use(&error), "{}", error.message);
        assert_eq!(fs::read_dir(folder.path())?.count(), 1, "no store and no part of one is left");
    }
    Ok(())
}

#[test]
fn what_compresses_well_is_no_bomb() -> TestResult {
    let events = vec![slice("again", 1, 5, 1); 20_000].join(",");
    let folder = tempfile::tempdir()?;
    let store = open_bytes(folder.path(), &gzip(format!("[{events}]").as_bytes()))?;
    assert_eq!(store.slice_count(), 20_000);
    Ok(())
}

#[test]
fn a_value_without_an_end_is_given_up_at_64_mib() -> TestResult {
    let folder = tempfile::tempdir()?;
    let endless = bomb(b"{\"traceEvents\": [{\"ph\": \"X\", \"name\": \"", b"n", 80);
    let error = open_bytes(folder.path(), &endless).expect_err("there is no event");
    assert_eq!(error.code, ErrorCode::TraceTruncatedEmpty);
    assert!(is_of_use(&error), "{}", error.message);
    Ok(())
}

#[test]
fn json_of_ten_thousand_levels_needs_no_stack() -> TestResult {
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let first = slice("before", 1, 0, 1);
    let json = format!(
        r#"{{"traceEvents": [{first}, {{"ph":"X","name":"deep","pid":1,"tid":1,"ts":5,"dur":1,"args":{{"k":{deep}}}}},
            {{"ph":"M","name":"process_name","pid":1,"args":{{"name":{deep}}}}}], "deviceProperties": {deep}}}"#
    );
    let folder = tempfile::tempdir()?;
    let store = open_bytes(folder.path(), json.as_bytes())?;
    assert_eq!(store.slice_count(), 2);
    assert_eq!(warned(&store, WarningCode::MetadataUnreadable), 1);
    let args = read_args(&folder.path().join("trace.bin"), &store, store.source_offset(1))?;
    assert_eq!(args, Some(format!("{{\"k\":{deep}}}")));
    Ok(())
}

#[test]
fn ten_thousand_slices_within_each_other_have_a_lane_each() -> TestResult {
    let events: Vec<String> =
        (0..10_000).map(|depth| slice("inner", 1, depth, 2 * (10_000 - depth))).collect();
    let folder = tempfile::tempdir()?;
    let store = open_bytes(folder.path(), format!("[{}]", events.join(",")).as_bytes())?;
    assert_eq!(store.meta().tracks[0].lanes, 10_000);
    assert!(store.meta().warnings.is_empty(), "{:?}", store.meta().warnings);
    Ok(())
}

#[test]
fn names_of_a_megabyte_come_back_whole() -> TestResult {
    let name = |letter: char| letter.to_string().repeat(1 << 20);
    let events = [slice(&name('a'), 1, 0, 1), slice(&name('b'), 1, 2, 1), slice(&name('a'), 1, 4, 1)];
    let folder = tempfile::tempdir()?;
    let store = open_bytes(folder.path(), format!("[{}]", events.join(",")).as_bytes())?;
    let names: Vec<Option<&str>> = store.name_ids().iter().map(|id| store.text(*id)).collect();
    assert!(names == [Some(name('a').as_str()), Some(&name('b')), Some(&name('a'))]);
    Ok(())
}

#[test]
fn a_hundred_thousand_tracks_open() -> TestResult {
    const TRACKS: usize = 100_000;
    let mut json = String::from("[");
    for tid in 0..TRACKS {
        write!(json, "{}{}", if tid == 0 { "" } else { "," }, slice("one", tid, tid, 10))?;
    }
    json.push(']');
    let folder = tempfile::tempdir()?;
    let store = open_bytes(folder.path(), json.as_bytes())?;
    assert_eq!((store.meta().tracks.len(), store.slice_count()), (TRACKS, TRACKS));
    let last = u32::try_from(TRACKS - 1)?;
    assert_eq!(store.place_of(last)?, (last, 0));
    Ok(())
}

/// More than the workers have read when the first progress is told.
fn long_trace() -> String {
    let filling = "x".repeat(4000);
    let events: Vec<String> =
        (0..40_000).map(|at| slice(if at == 0 { &filling } else { "short" }, 1, at, 1)).collect();
    format!("{{\"traceEvents\": [{}]}}", events.join(&format!(",{}", " ".repeat(1200))))
}

#[test]
fn a_file_that_shrinks_while_it_is_read_gives_what_was_read() -> TestResult {
    let folder = tempfile::tempdir()?;
    let (source, folder) = (folder.path().join("trace.bin"), folder.path().join("store"));
    fs::write(&source, long_trace())?;
    let mut is_cut = false;
    let mut cut = |_| {
        if !std::mem::replace(&mut is_cut, true) {
            let file = fs::File::options().write(true).open(&source).expect("it is there");
            file.set_len(1000).expect("it can be cut");
        }
    };
    ingest_trace(&source, &folder, &mut cut, &Cancel::default())?;
    assert!(is_cut);
    // The store knows the file as it was: it is not taken for what is there now.
    let store = Store::open(&folder, None)?;
    let whole = store.slice_count() == 40_000;
    assert!(whole || warned(&store, WarningCode::Truncated) == 1);
    let error = Store::open(&folder, Some(&source)).expect_err("another file");
    assert_eq!(error.code, ErrorCode::StoreStale);
    assert!(is_of_use(&error), "{}", error.message);
    Ok(())
}

#[test]
fn a_file_that_vanishes_while_it_is_read_is_read_to_its_end() -> TestResult {
    let folder = tempfile::tempdir()?;
    let (source, folder) = (folder.path().join("trace.bin"), folder.path().join("store"));
    fs::write(&source, long_trace())?;
    let mut remove = |_| {
        // Gone at the second call.
        let _ = fs::remove_file(&source);
    };
    ingest_trace(&source, &folder, &mut remove, &Cancel::default())?;
    assert_eq!(Store::open(&folder, None)?.slice_count(), 40_000);
    let error = Store::open(&folder, Some(&source)).expect_err("it is gone");
    assert_eq!(error.code, ErrorCode::TraceNotFound);
    assert!(is_of_use(&error), "{}", error.message);
    Ok(())
}

/// Folders are numbered as they are written; other tests of this program write some, too.
#[cfg(target_os = "linux")]
const FOLDERS: usize = 400;

/// Whatever is written to `/dev/full` fails as on a full disk: here one of the files of every folder that may come next.
#[cfg(target_os = "linux")]
fn fill_disk(store: &Path, file: &std::ffi::OsStr) -> TestResult {
    for serial in 0..FOLDERS {
        let folder = store.with_file_name(format!("store.tmp-{}-{serial}", std::process::id()));
        fs::create_dir(&folder)?;
        std::os::unix::fs::symlink("/dev/full", folder.join(file))?;
    }
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_whichever_file_it_hits_and_leaves_nothing_behind() -> TestResult {
    let json = to_json(&draw("1/1 cpu_op: [add#1]\n0/7 kernel: .[gemm#1]"));
    let sample = tempfile::tempdir()?;
    open_bytes(sample.path(), json.as_bytes())?;
    let files = fs::read_dir(sample.path().join("store"))?.map(|file| Ok(file?.file_name()));
    let files: Vec<_> = files.collect::<TestResult<_>>()?;
    assert_eq!(files.len(), 13);
    for file in files {
        let folder = tempfile::tempdir()?;
        let store = folder.path().join("store");
        fill_disk(&store, &file)?;
        let error = open_bytes(folder.path(), json.as_bytes()).expect_err("the disk is full");
        assert_eq!(error.code, ErrorCode::StoreNoSpace, "{}: {}", file.display(), error.message);
        assert!(error.message.contains("Free some space"), "{}", error.message);
        assert!(!store.exists());
        // The source, and the folders that were not written to.
        assert_eq!(fs::read_dir(folder.path())?.count(), FOLDERS);
    }
    Ok(())
}

fn any_trace() -> impl Strategy<Value = Vec<Drawn>> {
    let event = (0_i64..1 << 30, 1_i64..1 << 20, 0_u8..3, "[a-z]{1,8}");
    let drawn = event.prop_map(|(start_ns, dur_ns, tid, name)| Drawn {
        pid: "1".to_owned(),
        tid: tid.to_string(),
        category: "cpu_op".to_owned(),
        name,
        start_ns,
        dur_ns,
        correlation: 0,
    });
    proptest::collection::vec(drawn, 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_cut_is_told_and_costs_only_what_lies_behind_it(
        events in any_trace(), cut in 0.0_f64..1.0, compressed: bool,
    ) {
        let json = to_json(&events);
        let bytes = if compressed { gzip(json.as_bytes()) } else { json.clone().into_bytes() };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let at = (cut * bytes.len() as f64) as usize;
        // The closing brace and what follows it may be missing: that is no cut that anyone could tell.
        prop_assume!(at + 2 < bytes.len());
        let folder = tempfile::tempdir()?;
        match open_bytes(folder.path(), &bytes[..at]) {
            Err(error) => prop_assert!(is_of_use(&error), "{}", error.message),
            Ok(store) => {
                prop_assert_eq!(warned(&store, WarningCode::Truncated), 1);
                let whole = open_bytes(tempfile::tempdir()?.path(), json.as_bytes());
                let whole: Vec<Drawn> = whole.map(|store| drawn_from(&store)).unwrap_or_default();
                prop_assert!(store.slice_count() <= whole.len());
            }
        }
    }
}
