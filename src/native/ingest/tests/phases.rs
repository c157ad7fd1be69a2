// SPDX-License-Identifier: Apache-2.0
//! Every phase of the format is read or counted, in whatever shape producers write it.

mod common;

use common::{TestResult, drawn_from, open_bytes};
use iterscope_model::{TrackType, WarningCode};
use iterscope_store::Store;

fn open_json(json: &str) -> TestResult<(tempfile::TempDir, Store)> {
    let folder = tempfile::tempdir()?;
    let store = open_bytes(folder.path(), json.as_bytes())?;
    Ok((folder, store))
}

fn warnings(store: &Store) -> Vec<(WarningCode, u64)> {
    store.meta().warnings.iter().map(|warning| (warning.code, warning.count)).collect()
}

fn spans(store: &Store) -> Vec<(String, i64, i64)> {
    drawn_from(store).into_iter().map(|slice| (slice.name, slice.start_ns, slice.dur_ns)).collect()
}

/// Name, time and track name of every instant.
fn instants(store: &Store) -> Vec<(String, i64, String)> {
    let tracks = &store.meta().tracks;
    let indices = (0..store.points().instant_times().len()).filter_map(|index| store.points().instant(index));
    indices
        .map(|instant| {
            let name = store.text(instant.name).unwrap_or_default().to_owned();
            (name, instant.time_ns, tracks[instant.track as usize].name.clone())
        })
        .collect()
}

#[test]
fn begins_and_ends_pair_by_thread_and_odd_durations_are_counted() -> TestResult {
    let (_folder, store) = open_json(
        r#"[{"ph":"B","name":"outer","pid":1,"tid":"main","ts":1},{"ph":"B","name":"inner","pid":1,"tid":"main","ts":2},
        {"ph":"E","pid":1,"tid":"main","ts":3},{"ph":"E","pid":1,"tid":"main","ts":5},{"ph":"E","pid":1,"tid":"main","ts":6},
        {"ph":"B","name":"open","pid":1,"tid":"main","ts":6},{"ph":"M","name":"thread_name","pid":1,
        "tid":"main","args":{"name":"the main one"}},{"ph":"X","name":"z","pid":1,"tid":"main","ts":9,"dur":-2},
        {"ph":"X","name":"z","pid":1,"tid":"main","ts":9,"dur":0},{"ph":"X","name":"z","pid":1,"tid":"main","ts":9}"#,
    )?;
    let counts = store.meta().counts;
    assert_eq!((counts.events, counts.slices, counts.metadata), (10, 6, 1));
    let spans = spans(&store);
    assert!(spans.contains(&("outer".into(), 0, 4000)) && spans.contains(&("inner".into(), 1000, 1000)));
    assert_eq!(store.meta().tracks[0].name, "the main one");
    assert_eq!(
        warnings(&store),
        [
            (WarningCode::NegativeDuration, 1),
            (WarningCode::ZeroDuration, 1),
            (WarningCode::MissingDuration, 1),
            (WarningCode::UnclosedBegin, 1),
            (WarningCode::UnmatchedEnd, 1),
        ]
    );
    Ok(())
}

#[test]
fn asynchronous_work_pairs_by_id_on_a_track_of_its_category() -> TestResult {
    let (_folder, store) = open_json(
        r#"[{"ph":"b","cat":"request","name":"r1","id":1,"pid":7,"tid":1,"ts":1},
        {"ph":"b","cat":"request","name":"r2","id":"0x2","pid":7,"tid":2,"ts":2},
        {"ph":"n","cat":"request","name":"first token","id":1,"pid":7,"tid":9,"ts":3},
        {"ph":"e","cat":"request","name":"r1","id":1,"pid":7,"tid":3,"ts":4},
        {"ph":"e","cat":"request","name":"r2","id":"0x2","pid":7,"tid":2,"ts":6},
        {"ph":"b","cat":"request","name":"r3","id2":{"local":"0x2"},"pid":7,"tid":2,"ts":6},
        {"ph":"e","cat":"request","name":"r3","id2":{"local":"0x2"},"pid":7,"tid":2,"ts":7}]"#,
    )?;
    assert_eq!(spans(&store), [("r1".into(), 0, 3000), ("r2".into(), 1000, 4000), ("r3".into(), 5000, 1000)]);
    assert_eq!(instants(&store), [("first token".into(), 2000, "async request".into())]);
    let track = &store.meta().tracks[0];
    assert_eq!((track.track_type, track.lanes, track.instant_count), (TrackType::Other, 2, 1));
    assert_eq!(store.meta().counts.asyncs, 7);
    assert_eq!(warnings(&store), []);
    Ok(())
}

#[test]
fn instants_stand_on_their_track_or_on_that_of_the_whole_trace() -> TestResult {
    let (_folder, store) = open_json(
        r#"[{"ph":"X","name":"work","pid":1,"tid":1,"ts":10,"dur":5},
        {"ph":"i","name":"mark","s":"t","pid":1,"tid":1,"ts":12},{"ph":"I","name":"there","s":"g","pid":1,"tid":1,"ts":11},
        {"ph":"i","name":"Iteration Start","s":"g","pid":"Traces","tid":"Trace","ts":9},
        {"ph":"i","name":"Record Window End","s":"g","pid":"","tid":"","ts":40},{"ph":"i","name":"alone","pid":1,"tid":2,"ts":13}]"#,
    )?;
    assert_eq!(
        instants(&store),
        [
            ("there".into(), 1000, "thread 1".into()),
            ("mark".into(), 2000, "thread 1".into()),
            ("alone".into(), 3000, "thread 2".into()),
            ("Iteration Start".into(), -1000, "whole trace".into()),
            ("Record Window End".into(), 30_000, "whole trace".into()),
        ]
    );
    assert_eq!(store.meta().counts.instants, 5);
    assert_eq!(store.meta().end_ns, 30_000);
    Ok(())
}

#[test]
fn counters_have_a_row_for_each_series() -> TestResult {
    let (_folder, store) = open_json(
        r#"[{"ph":"X","name":"work","pid":1,"tid":1,"ts":10,"dur":5},
        {"ph":"C","name":"memory","pid":1,"ts":12,"args":{"used":7,"free":"1.5"}},
        {"ph":"C","name":"memory","pid":1,"ts":11,"args":{"used":9}},
        {"ph":"C","name":"load","id":"3","pid":0,"ts":11,"args":{"value":-1}},
        {"ph":"C","name":"load","pid":0,"ts":11,"args":{"value":"high"}},{"ph":"C","name":"no values","pid":0,"ts":1}]"#,
    )?;
    let counters: Vec<(&str, &str, u32, f64, f64)> = store
        .meta()
        .counters
        .iter()
        .map(|counter| {
            (counter.pid.as_str(), counter.name.as_str(), counter.sample_count, counter.min, counter.max)
        })
        .collect();
    assert_eq!(
        counters,
        [
            ("0", "load 3", 1, -1.0, -1.0),
            ("1", "memory: free", 1, 1.5, 1.5),
            ("1", "memory: used", 2, 7.0, 9.0)
        ]
    );
    assert_eq!(store.points().samples_of(2), (&[1000, 2000][..], &[9.0, 7.0][..]));
    assert_eq!(
        warnings(&store),
        [(WarningCode::MalformedEvents, 1), (WarningCode::CounterValueUnreadable, 1)]
    );
    Ok(())
}

#[test]
fn flows_join_the_slices_at_their_ends() -> TestResult {
    let (_folder, store) = open_json(
        r#"[{"ph":"X","name":"launch","cat":"cuda_runtime","pid":1,"tid":1,"ts":10,"dur":5},
        {"ph":"X","name":"kernel","cat":"kernel","pid":0,"tid":7,"ts":20,"dur":5},
        {"ph":"s","id":4,"cat":"ac2g","name":"ac2g","pid":1,"tid":1,"ts":10},
        {"ph":"f","id":4,"cat":"ac2g","name":"ac2g","bp":"e","pid":0,"tid":7,"ts":20},
        {"ph":"f","id":4,"cat":"fwdbwd","name":"fwdbwd","bp":"e","pid":0,"tid":7,"ts":20},
        {"ph":"s","id":5,"cat":"ac2g","name":"ac2g","pid":1,"tid":3,"ts":10}]"#,
    )?;
    let (kernel, launch) = (0, 1);
    assert_eq!(store.points().flows_from(launch).map(|flow| flow.to).collect::<Vec<_>>(), [kernel]);
    assert_eq!(store.points().flows_to(kernel).map(|flow| flow.from).collect::<Vec<_>>(), [launch]);
    assert_eq!(store.meta().counts.flows, 4);
    assert_eq!(warnings(&store), [(WarningCode::FlowWithoutPartner, 2), (WarningCode::FlowWithoutSlice, 1)]);
    Ok(())
}

#[test]
fn objects_marks_and_unknown_phases_are_counted() -> TestResult {
    let (_folder, store) = open_json(
        r#"[{"ph":"X","name":"a","cat":"mtia_ccp_events","pid":"1","tid":2,"ts":"3.5","dur":"1"},
        {"ph":"N","id":1,"ts":1},{"ph":"O","id":1,"ts":1,"args":{"snapshot":{}}},{"ph":"D","id":1,"ts":1},{"ph":"?","ts":1}]"#,
    )?;
    assert_eq!((store.meta().counts.others, store.meta().counts.events), (4, 5));
    assert_eq!(store.meta().categories[0], "mtia_ccp_events");
    assert_eq!(spans(&store), [("a".into(), 0, 1000)]);
    assert_eq!(store.meta().origin_ns, 3500);
    Ok(())
}

#[test]
fn times_since_the_epoch_keep_their_nanoseconds() -> TestResult {
    let (_folder, store) = open_json(
        r#"{"traceEvents":[{"ph":"X","name":"a","pid":1,"tid":1,"ts":1790857026000123.457,"dur":0.001},
        {"ph":"X","name":"b","pid":1,"tid":1,"ts":1790857026000124,"dur":2}]}"#,
    )?;
    assert_eq!(store.meta().origin_ns, 1_790_857_026_000_123_457);
    assert_eq!(spans(&store), [("a".into(), 0, 1), ("b".into(), 543, 2000)]);
    Ok(())
}
