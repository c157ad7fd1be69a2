// SPDX-License-Identifier: Apache-2.0
//! A reading can be cancelled at any stage: it is asked between pieces of work of bounded size whether to go on, and
//! what follows the first no is counted, not timed.

use std::fmt::Write;

use iterscope_model::ErrorCode;

use crate::ingest::ingest_trace;
use crate::progress::Cancel;

const EVENTS: usize = 12_000;
/// One for each worker, track and file that is begun, on a machine of many cores.
const MOST_AFTERWARDS: u64 = 200;

/// A trace of several blocks with slices on two tracks and arrows between them.
fn trace() -> String {
    let mut text = String::from("[");
    let pad = "[8, 512], ".repeat(15);
    for event in 0..EVENTS {
        let (tid, ts) = (event % 2, event * 3);
        writeln!(text, r#"{{"ph": "X", "name": "op", "pid": 1, "tid": {tid}, "ts": {ts}, "dur": 2, "args": {{"correlation": {event}, "l": [{pad}0]}}}},"#)
            .unwrap();
        let step = ["s", "f"][tid];
        writeln!(text, r#"{{"ph": "{step}", "id": {}, "pid": 1, "tid": {tid}, "ts": {ts}}},"#, event / 2)
            .unwrap();
    }
    text
}

#[test]
fn little_is_done_after_a_cancellation_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("trace.json");
    std::fs::write(&source, trace()).unwrap();
    let store = folder.path().join("store");
    let never = Cancel::default();
    ingest_trace(&source, &store, &mut |_| {}, &never).unwrap();
    std::fs::remove_dir_all(&store).unwrap();
    let all = never.asked();
    let first_and_last = (1..20).chain(all.saturating_sub(60)..=all);
    for nth in first_and_last.chain((1..20).map(|part| all * part / 20)) {
        let cancel = Cancel::at(nth);
        match ingest_trace(&source, &store, &mut |_| {}, &cancel) {
            // Threads ask in turns of their own, so that the last questions may not be reached.
            Ok(()) => {
                assert!(
                    cancel.asked() <= nth,
                    "{nth} of {all}: it went on after {} questions",
                    cancel.asked()
                );
                std::fs::remove_dir_all(&store).unwrap();
            }
            Err(error) => {
                assert_eq!(error.code, ErrorCode::IngestCancelled, "{nth} of {all}");
                assert!(cancel.asked() - nth <= MOST_AFTERWARDS, "{nth} of {all}: {}", cancel.asked());
                assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "{nth} of {all}");
            }
        }
    }
}
