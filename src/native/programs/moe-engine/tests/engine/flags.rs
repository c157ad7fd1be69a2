// SPDX-License-Identifier: Apache-2.0
//! The profiling flags: windows, traces, log lines, statistics, activation lines, determinism.

use std::fs;
use std::io::Read;
use std::path::Path;

use crate::support::engine;
use regex::Regex;
use safetensors::SafeTensors;
use serde_json::Value;

fn trace(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Start and end in nanoseconds, name.
fn slices(trace: &Value) -> Vec<(u64, u64, String)> {
    let ns = |value: &Value| (value.as_f64().unwrap() * 1000.0).round() as u64;
    let events = trace["traceEvents"].as_array().unwrap().iter().filter(|event| event["ph"] == "X");
    events
        .map(|event| {
            let start = ns(&event["ts"]);
            (start, start + ns(&event["dur"]), event["name"].as_str().unwrap().to_owned())
        })
        .collect()
}

fn steps(trace: &Value) -> Vec<String> {
    let names = slices(trace).into_iter().map(|(_, _, name)| name);
    names.filter(|name| name.contains("_forward_step")).collect()
}

#[test]
fn traces_hold_the_window_of_each_era() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.json");
    let environment =
        [("TLLM_PROFILE_START_STOP", "2-4"), ("TLLM_TORCH_PROFILE_TRACE", path.to_str().unwrap())];
    let early = Regex::new(r"^\[Executor\] _forward_step (\d+): \d+ ctx reqs, \d+ gen reqs$").unwrap();
    let late = Regex::new(r"^\[Executor\] _forward_step (\d+): \d+ ctx reqs, \d+ ctx tokens, \d+ gen reqs$")
        .unwrap();
    for (era, form, expected) in
        [("e1", &early, &["2", "3", "4"][..]), ("e2", &late, &["2", "3"]), ("e3", &late, &["2", "3"])]
    {
        let run = engine(&format!("--ep-size 2 --era {era} --max-tokens 16"), &environment);
        run.outcome();
        assert!(run.output.contains("Profiling started at iteration 2."), "{}", run.output);
        for rank in 0..2 {
            let path = folder.path().join(format!("trace-rank-{rank}.json"));
            let saved = format!("Profiling stopped at iteration 4, trace saved to {}", path.display());
            assert!(run.output.contains(&saved), "{}", run.output);
            let trace = trace(&path);
            let steps = steps(&trace);
            let number = |name: &String| form.captures(name).unwrap()[1].to_owned();
            assert_eq!(steps.iter().map(number).collect::<Vec<_>>(), expected, "era {era}");
            assert_eq!(trace["distributedInfo"]["rank"], rank);
            assert_eq!(trace["distributedInfo"]["world_size"], 2);
            fs::remove_file(&path).unwrap();
        }
    }
}

#[test]
fn slices_nest_on_the_thread_of_the_rank() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.json.gz");
    let environment =
        [("TLLM_PROFILE_START_STOP", "1-6"), ("TLLM_TORCH_PROFILE_TRACE", path.to_str().unwrap())];
    for clock in ["work", "wall"] {
        engine(&format!("--ep-size 2 --clock {clock}"), &environment).outcome();
        let mut json = String::new();
        let file = fs::File::open(folder.path().join("t.json-rank-1.gz")).unwrap();
        flate2::read::GzDecoder::new(file).read_to_string(&mut json).unwrap();
        let slices = slices(&serde_json::from_str(&json).unwrap());
        let mut open: Vec<u64> = Vec::new();
        for (start, end, name) in &slices {
            while open.last().is_some_and(|parent_end| parent_end <= start && parent_end < end) {
                open.pop();
            }
            assert!(
                open.last().is_none_or(|parent_end| end <= parent_end),
                "{name} at {start} crosses its parent"
            );
            open.push(*end);
        }
        for name in
            ["layer 1", "moe.expert_gemm", "comm.wait_for_ranks", "_schedule", "attention.core", "lm_head"]
        {
            assert!(slices.iter().any(|slice| slice.2 == name), "{name}");
        }
    }
}

#[test]
fn one_rank_of_the_seed_era_writes_the_path_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.json");
    let path_text = path.to_str().unwrap();
    let run =
        engine("--ep-size 1", &[("TLLM_PROFILE_START_STOP", "0-1"), ("TLLM_TORCH_PROFILE_TRACE", path_text)]);
    run.outcome();
    assert_eq!(steps(&trace(&path)).len(), 2);
    // A window that is open at the end is closed and written, too.
    let run = engine(
        "--ep-size 1",
        &[("TLLM_PROFILE_START_STOP", "3-999"), ("TLLM_TORCH_PROFILE_TRACE", path_text)],
    );
    let iterations = run.outcome().summary.iterations;
    assert_eq!(steps(&trace(&path)).len() as u64, iterations - 3);
}

#[test]
fn trace_without_window_is_warned_of_and_missing_folders_are_errors() {
    let run = engine("", &[("TLLM_TORCH_PROFILE_TRACE", "/nonexistent/t.json")]);
    run.outcome();
    assert!(run.output.contains("[W] TLLM_TORCH_PROFILE_TRACE is set but TLLM_PROFILE_START_STOP is not"));
    let run = engine(
        "",
        &[("TLLM_TORCH_PROFILE_TRACE", "/nonexistent/t.json"), ("TLLM_PROFILE_START_STOP", "1-2")],
    );
    assert_eq!(
        run.result.unwrap_err().to_string(),
        "The folder /nonexistent of TLLM_TORCH_PROFILE_TRACE does not exist. Create it and start again."
    );
    assert_eq!(run.output, "", "nothing is built before");
}

#[test]
fn assertions_end_the_loop_and_late_eras_warn() {
    let run = engine("--era e2 --ep-size 2", &[("TLLM_PROFILE_START_STOP", "3")]);
    let error = run.result.unwrap_err();
    assert_eq!((error.code(), error.exit_status()), ("profiling.inconsistent", 1));
    assert!(
        error.to_string().starts_with("AssertionError: Inconsistent CUDA profiling state at iteration 3:")
    );
    let run = engine("--era e3 --ep-size 2", &[("TLLM_PROFILE_START_STOP", "3")]);
    run.outcome();
    assert!(
        run.output.contains("[W] profile stop scheduled at iter 3 but no active profiling window - skipping")
    );
}

#[test]
fn a_window_that_an_assertion_cuts_is_written_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.json");
    for (era, spans, expected) in [
        ("e1", "1-3,3-5", &["1", "2"][..]),
        ("e2", "1-4,3-5", &["1", "2"]),
        ("e3", "1-4,3-5", &["1", "2"]),
        ("e2", "1-3,6", &["1", "2"]),
    ] {
        let environment =
            [("TLLM_PROFILE_START_STOP", spans), ("TLLM_TORCH_PROFILE_TRACE", path.to_str().unwrap())];
        let run = engine(&format!("--ep-size 2 --era {era}"), &environment);
        let error = run.result.unwrap_err();
        assert_eq!(error.code(), "profiling.inconsistent", "{era} {spans}");
        assert!(run.output.contains(", trace saved to "), "{era} {spans}: {}", run.output);
        assert!(!run.output.contains("PERFORMANCE OVERVIEW"), "{era} {spans}");
        for rank in 0..2 {
            let path = folder.path().join(format!("t-rank-{rank}.json"));
            let steps = steps(&trace(&path));
            let numbers: Vec<&str> =
                steps.iter().map(|name| name.split([' ', ':']).nth(2).unwrap()).collect();
            assert_eq!(numbers, expected, "{era} {spans} rank {rank}");
            fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn values_that_cannot_be_read_are_refused_before_anything_is_built() {
    let table = [
        ("e1", "TLLM_PROFILE_START_STOP", "10-20,", "environment.bad_span"),
        ("e2", "TLLM_PROFILE_START_STOP", "all", "environment.bad_span"),
        ("e3", "TLLM_PROFILE_START_STOP", "-5", "environment.bad_span"),
        ("e2", "TLLM_PROFILE_LOG_RANKS", "first", "environment.bad_value"),
        ("e3", "TLLM_PROFILE_LOG_RANKS", "0,", "environment.bad_value"),
        ("e1", "EXPERT_STATISTIC_ITER_RANGE", "1-2,4-5", "environment.bad_value"),
        ("e3", "EXPERT_STATISTIC_ITER_RANGE", "7", "environment.bad_value"),
    ];
    for (era, name, value, code) in table {
        let run = engine(&format!("--ep-size 2 --era {era}"), &[(name, value)]);
        let error = run.result.unwrap_err();
        assert_eq!((error.code(), error.exit_status()), (code, 2), "{era} {name}={value}");
        assert!(error.to_string().contains(name) && error.to_string().contains(value), "{error}");
        assert_eq!(run.output, "", "{era} {name}={value}");
    }
    let early = engine("--ep-size 2 --era e1", &[("TLLM_PROFILE_LOG_RANKS", "first")]);
    early.outcome();
    let perfect = engine("--ep-size 3 --era e2", &[("ENABLE_PERFECT_ROUTER", "1")]);
    assert_eq!(perfect.result.unwrap_err().exit_status(), 2, "8 experts on 3 ranks");
}

#[test]
fn the_log_level_hides_what_is_below_it() {
    let more = "--ep-size 2 --era e3";
    let log = |level| {
        let environment = [
            ("TLLM_LOG_LEVEL", level),
            ("TLLM_TORCH_PROFILE_TRACE", "t.json"),
            ("ENABLE_PERFECT_ROUTER", "1"),
        ];
        engine(more, &environment).output
    };
    let [info, warning, error] = ["INFO", "warning", "error"].map(log);
    for text in ["iter = 2,", "PERFORMANCE OVERVIEW", "Loading model"] {
        assert!(info.contains(text) && !warning.contains(text), "{text}");
    }
    assert!(info.contains("[W] TLLM_TORCH_PROFILE_TRACE is set") && warning.contains("[W]"));
    assert!(!error.contains("[W]") && !error.contains("[I]"), "{error}");
    assert!(error.contains("Perfect router cache initialized"), "what is printed has no level");
}

#[test]
fn statistics_hold_what_was_routed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stats");
    let range = |text| {
        let environment =
            [("EXPERT_STATISTIC_ITER_RANGE", text), ("EXPERT_STATISTIC_PATH", path.to_str().unwrap())];
        engine("--ep-size 2 --input-len 3", &environment)
    };
    let too_short = range("0-500");
    too_short.outcome();
    assert!(!path.exists(), "iteration 500 never runs");

    // Iteration `last` is the one that decodes the last tokens: everything before it is counted.
    let last = too_short.outcome().summary.iterations - 1;
    let run = range(&format!("0-{last}"));
    let line = format!("[ExpertStatistic] Rank=1, saving iter={last}, start=0, stop={last}");
    assert!(run.output.contains(&line), "{}", run.output);
    let meta = fs::read_to_string(path.join("meta_info.json")).unwrap();
    assert_eq!(meta, r#"{"num_experts": 8, "num_experts_per_token": 2}"#);
    for rank in 0..2 {
        let bytes = fs::read(path.join(format!("rank{rank}.safetensors"))).unwrap();
        let file = SafeTensors::deserialize(&bytes).unwrap();
        assert_eq!(file.len() as u64, last * 2, "iterations x layers");
        let mut sums = [0i64; 8];
        for (_, tensor) in file.tensors() {
            assert_eq!(tensor.shape(), [8]);
            let counts = tensor.data().as_chunks::<8>().0.iter().map(|bytes| i64::from_le_bytes(*bytes));
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        let routed = &run.outcome().ranks[rank].routed;
        let missing: i64 = routed.iter().sum::<i64>() - sums.iter().sum::<i64>();
        let last_tokens = file_tokens_of_last_iteration(&run.output);
        assert_eq!(missing, last_tokens * 2 * 2, "only the last iteration is not counted");
        assert!(sums.iter().zip(routed).all(|(counted, all)| counted <= all));
    }
}

/// Generation tokens of rank 0 in the last iteration line.
fn file_tokens_of_last_iteration(output: &str) -> i64 {
    let pattern = Regex::new(r"'num_generation_tokens': (\d+)").unwrap();
    pattern.captures_iter(output).last().unwrap()[1].parse().unwrap()
}

#[test]
fn perfect_router_says_that_it_is_on() {
    let on = [("ENABLE_PERFECT_ROUTER", "1")];
    let run = engine("--ep-size 2", &on);
    assert_eq!(
        run.output.matches("Precomputing perfect router logits for 22 common batch sizes...").count(),
        1
    );
    let cache = Regex::new(r"Perfect router cache initialized: 22 entries, 1\.26 MB memory usage").unwrap();
    assert!(cache.is_match(&run.output), "{}", run.output);
    let run = engine("--ep-size 2 --era e3", &on);
    for rank in 0..2 {
        assert!(run.output.contains(&format!("common batch sizes (ep_rank={rank})...")), "{}", run.output);
    }
    assert!(!engine("--ep-size 2", &[("ENABLE_PERFECT_ROUTER", "true")]).output.contains("perfect router"));
}

#[test]
fn iteration_lines_count_from_one_and_carry_the_step_before() {
    let run = engine("--ep-size 2 --arrival all", &[]);
    let pattern = Regex::new(
        r"(?m)^\[01/01/2026-00:00:00\] \[TRT-LLM\] \[I\] iter = (\d+), global_rank = 0, rank = 0, currank_total_requests = 8/16, host_step_time = ([\d.]+)ms, prev_device_step_time = (N/A|[\d.]+ms), timestamp = 2026-01-01 00:00:00, num_scheduled_requests: \d+, states = \{'num_ctx_requests': (\d+), 'num_ctx_tokens': (\d+), 'num_generation_tokens': \d+\}$",
    )
    .unwrap();
    let lines: Vec<_> = pattern.captures_iter(&run.output).collect();
    let numbers: Vec<u64> = lines.iter().map(|line| line[1].parse().unwrap()).collect();
    assert_eq!(numbers, (1..=run.outcome().summary.iterations).collect::<Vec<_>>());
    assert_eq!(&lines[0][3], "N/A");
    assert_eq!(&lines[0][5], "24", "the line of iteration 1 tells the prefill of step 0");
    assert_eq!(lines[1][3], format!("{}ms", &lines[0][2]), "device time is one line late");
    assert!(!engine("--print-iter-log=false", &[]).output.contains("iter = "));
    let all = engine("--era e2 --ep-size 2", &[("TLLM_PROFILE_LOG_RANKS", "all")]);
    assert!(all.output.contains("global_rank = 1, rank = 1, num_scheduled_requests = "));
    assert!(!engine("--ep-size 2", &[("TLLM_PROFILE_LOG_RANKS", "all")]).output.contains("rank = 1,"));
}

#[test]
fn work_clock_makes_runs_identical() {
    let files = || {
        let folder = tempfile::tempdir().unwrap();
        let at = |file: &str| folder.path().join(file).to_str().unwrap().to_owned();
        let report = at("report.json");
        let environment = [
            ("TLLM_PROFILE_START_STOP", "2-4"),
            ("TLLM_TORCH_PROFILE_TRACE", &at("t.json.gz")),
            ("EXPERT_STATISTIC_ITER_RANGE", "1-5"),
            ("EXPERT_STATISTIC_PATH", &at("s")),
        ];
        let run = engine(&format!("--ep-size 2 --arrival poisson:3 --report_json {report}"), &environment);
        run.outcome();
        let read = |file: &str| fs::read(folder.path().join(file)).unwrap();
        let paths = [
            "t.json-rank-0.gz",
            "t.json-rank-1.gz",
            "s/rank0.safetensors",
            "s/rank1.safetensors",
            "report.json",
        ];
        let output = run.output.replace(folder.path().to_str().unwrap(), "");
        (output, paths.map(read))
    };
    let (first, second) = (files(), files());
    assert_eq!(first.0, second.0);
    assert!(first.1 == second.1, "files differ");
}
