// SPDX-License-Identifier: Apache-2.0
//! What a trace holds beside its operators: the executor's ranges, arrows, requests; and that the workbench reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::support::{Finished, engine};
use iterscope_analysis::iterations;
use iterscope_ingest::{Cancel, ingest_trace};
use iterscope_store::Store;
use serde_json::Value;

/// The events of rank 0, and the run.
fn traced(more: &str, window: &str, environment: &[(&str, &str)]) -> (Vec<Value>, Finished) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.json");
    let mut all =
        vec![("TLLM_PROFILE_START_STOP", window), ("TLLM_TORCH_PROFILE_TRACE", path.to_str().unwrap())];
    all.extend(environment);
    let run = engine(&format!("--ep-size 2 {more}"), &all);
    run.outcome();
    (events(&folder.path().join("t-rank-0.json")), run)
}

fn events(path: &Path) -> Vec<Value> {
    let trace: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    trace["traceEvents"].as_array().unwrap().clone()
}

/// A time of the file in nanoseconds.
fn ns(microseconds: &Value) -> u64 {
    (microseconds.as_f64().unwrap() * 1000.0).round() as u64
}

/// Names of the executor's ranges in time order, steps and layers without numbers; nested ones indented.
fn ranges_of_one_iteration(events: &[Value]) -> Vec<String> {
    let is_annotation = |event: &&Value| event["cat"] == "user_annotation";
    let mut names = Vec::new();
    let mut ends: Vec<u64> = Vec::new();
    for event in events.iter().filter(is_annotation) {
        let (start, name) = (ns(&event["ts"]), event["name"].as_str().unwrap());
        if name.starts_with("layer ") {
            continue;
        }
        while ends.last().is_some_and(|end| *end <= start) {
            ends.pop();
        }
        let name = if name.contains("_forward_step") { "_forward_step" } else { name };
        names.push(format!("{}{name}", "  ".repeat(ends.len())));
        ends.push(start + ns(&event["dur"]));
    }
    names
}

const BASIC: [&str; 12] = [
    "_fetch_new_requests",
    "_pad_attention_dp_dummy_request",
    "_schedule",
    "prepare_resources",
    "_forward_step",
    "  _prepare_inputs",
    "_sample_async",
    "_update_request_states",
    "_update_requests",
    "_handle_canceled_requests",
    "_handle_responses",
    "_enqueue_responses",
];

#[test]
fn the_executor_has_its_ranges_around_every_step() {
    for (era, window) in [("e1", "3-3"), ("e2", "3-4"), ("e3", "3-4")] {
        let mut expected: Vec<&str> = BASIC.to_vec();
        if era != "e1" {
            expected.insert(1, "  broadcast_requests");
        }
        let (events, _) = traced(&format!("--era {era}"), window, &[]);
        assert_eq!(ranges_of_one_iteration(&events), expected, "era {era}");
    }
}

#[test]
fn either_variable_adds_the_debug_ranges() {
    let mut expected: Vec<&str> = BASIC.to_vec();
    expected.insert(4, "_setup_sampler_step");
    let sample = expected.iter().position(|name| *name == "_sample_async").unwrap();
    expected.insert(sample + 1, "  _process_requests");
    expected.insert(sample + 2, "  _write_finish_reasons");
    for variable in ["TLLM_NVTX_DEBUG", "TLLM_LLMAPI_ENABLE_NVTX"] {
        let (events, _) = traced("", "3-3", &[(variable, "1")]);
        assert_eq!(ranges_of_one_iteration(&events), expected, "{variable}");
        let (events, _) = traced("", "3-3", &[(variable, "true")]);
        assert_eq!(ranges_of_one_iteration(&events), BASIC, "only 1 switches it on");
    }
}

#[test]
fn a_later_window_replaces_the_file_of_an_earlier_one() {
    for (era, window) in [("e1", "1-2,5-6"), ("e2", "1-3,5-7"), ("e3", "1-3,5-7")] {
        let (events, run) = traced(&format!("--era {era}"), window, &[]);
        let steps: BTreeSet<&str> = events
            .iter()
            .filter_map(|event| event["name"].as_str()?.strip_prefix("[Executor] _forward_step "))
            .filter_map(|rest| rest.split(':').next())
            .collect();
        assert_eq!(steps, BTreeSet::from(["5", "6"]), "era {era}");
        for line in ["Profiling started at iteration 1.", "Profiling started at iteration 5."] {
            assert!(run.output.contains(line), "{line} in {}", run.output);
        }
        assert_eq!(run.output.matches(", trace saved to ").count(), 4, "two windows of two ranks");
    }
}

#[test]
fn an_arrow_follows_every_batch() {
    let (events, _) = traced("", "2-5", &[]);
    let at = |phase: &str| -> BTreeMap<u64, f64> {
        let arrows = events.iter().filter(|event| event["cat"] == "batch" && event["ph"] == phase);
        arrows.map(|event| (event["id"].as_u64().unwrap(), event["ts"].as_f64().unwrap())).collect()
    };
    let start_of = |name: &str| -> Vec<f64> {
        let slices = events
            .iter()
            .filter(|event| event["ph"] == "X" && event["name"].as_str().unwrap().starts_with(name));
        slices.map(|event| event["ts"].as_f64().unwrap()).collect()
    };
    for (phase, name) in [("s", "_schedule"), ("t", "[Executor] _forward_step"), ("f", "_update_requests")] {
        let arrows = at(phase);
        assert_eq!(arrows.keys().copied().collect::<Vec<_>>(), [2, 3, 4, 5], "{phase}");
        assert_eq!(arrows.into_values().collect::<Vec<_>>(), start_of(name), "{phase}");
    }
}

#[test]
fn requests_span_their_time_in_the_window_with_the_debug_ranges() {
    let (plain, _) = traced("", "1-6", &[]);
    assert!(plain.iter().all(|event| event["cat"] != "request"));
    let (events, run) = traced("", "1-6", &[("TLLM_NVTX_DEBUG", "1")]);
    let requests = events.iter().filter(|event| event["cat"] == "request");
    let mut lives: BTreeMap<u64, Vec<&Value>> = BTreeMap::new();
    for event in requests {
        lives.entry(event["id"].as_u64().unwrap()).or_default().push(event);
    }
    assert!(lives.len() > 4);
    for (id, events) in lives {
        let (begin, end) = (events[0], events[events.len() - 1]);
        assert_eq!((&begin["ph"], &end["ph"]), (&Value::from("b"), &Value::from("e")));
        assert_eq!(begin["name"], format!("request {id}"));
        let finished = run.outcome().ranks[0].finished.iter().find(|f| f.id as u64 == id).unwrap();
        if end["args"]["done"] == true {
            assert_eq!(ns(&end["ts"]), finished.end_ns);
        }
        if begin["args"]["arrived_before_window"] == false {
            assert_eq!(ns(&begin["ts"]), finished.arrival_ns);
        }
        if let Some(first) = events.iter().find(|event| event["ph"] == "n") {
            assert_eq!(ns(&first["ts"]), finished.first_token_ns);
        }
        assert!(begin["ts"].as_f64() <= end["ts"].as_f64());
    }
}

#[test]
fn the_garbage_collector_that_is_not_there_is_said() {
    let (events, run) = traced("", "2-3", &[("TLLM_PROFILE_RECORD_GC", "0")]);
    assert_eq!(
        run.output.matches("TLLM_PROFILE_RECORD_GC is set: this engine has no garbage collector").count(),
        1
    );
    assert!(events.iter().all(|event| event["name"] != "Python GC"));
    assert!(!engine("", &[]).output.contains("RECORD_GC"));
}

#[test]
fn the_workbench_reads_it_without_a_warning() {
    for era in ["e1", "e2", "e3"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.json.gz");
        let environment = [
            ("TLLM_PROFILE_START_STOP", "2-6"),
            ("TLLM_TORCH_PROFILE_TRACE", path.to_str().unwrap()),
            ("TLLM_NVTX_DEBUG", "1"),
        ];
        engine(&format!("--ep-size 2 --era {era} --clock wall"), &environment).outcome();
        let source = folder.path().join("t.json-rank-1.gz");
        let store = folder.path().join("store");
        ingest_trace(&source, &store, &mut |_| {}, &Cancel::default()).unwrap();
        let store = Store::open(&store, Some(&source)).unwrap();
        let meta = store.meta();
        assert!(meta.warnings.is_empty(), "era {era}: {:?}", meta.warnings);
        let expected: u64 = if era == "e1" { 5 } else { 4 };
        assert_eq!(meta.counts.flows, 3 * expected, "an arrow of three per batch");
        let table = iterations(&store, 0);
        let numbers: Vec<i64> = table.iterations.iter().map(|iteration| iteration.index).collect();
        assert_eq!(numbers, (2..2 + expected.cast_signed()).collect::<Vec<_>>());
    }
}
