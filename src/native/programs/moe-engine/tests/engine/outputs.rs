// SPDX-License-Identifier: Apache-2.0
//! The files beside the trace: iteration log, requests, texts, report.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::engine;
use serde_json::Value;

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// A printed dictionary, whose strings hold no quotes.
fn literal(line: &str) -> Value {
    let json =
        line.replace('\'', "\"").replace("None", "null").replace("True", "true").replace("False", "false");
    serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {line}"))
}

fn iteration_log(more: &str, environment: &[(&str, &str)]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("iterations.txt");
    engine(&format!("--ep-size 2 --iteration_log {} {more}", path.display()), environment).outcome();
    let text = fs::read_to_string(path).unwrap();
    assert!(text.starts_with("{'"), "printed by Python, not JSON: {text}");
    text.lines().map(literal).collect()
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

const COMMON: [&str; 22] = [
    "timestamp",
    "iter",
    "iterLatencyMS",
    "newActiveRequestsQueueLatencyMS",
    "numNewActiveRequests",
    "numActiveRequests",
    "numQueuedRequests",
    "numCompletedRequests",
    "maxNumActiveRequests",
    "maxBatchSizeStatic",
    "maxBatchSizeTunerRecommended",
    "maxBatchSizeRuntime",
    "maxNumTokensStatic",
    "maxNumTokensTunerRecommended",
    "maxNumTokensRuntime",
    "gpuMemUsage",
    "cpuMemUsage",
    "pinnedMemUsage",
    "kvCacheStats",
    "staticBatchingStats",
    "inflightBatchingStats",
    "specDecodingStats",
];
const E2: [&str; 6] = [
    "attentionDpRank",
    "hostStepTimeMS",
    "prevDeviceStepTimeMS",
    "gpuForwardTimeMS",
    "schedulerMode",
    "kvCacheIterationStats",
];

#[test]
fn the_iteration_log_has_the_fields_of_its_era() {
    let common = BTreeSet::from(COMMON);
    let late: BTreeSet<&str> = common.iter().copied().chain(E2).collect();
    let latest: BTreeSet<&str> =
        late.iter().copied().chain(["statsSequence", "statsDroppedFrames"]).collect();
    for (era, expected) in [("e1", &common), ("e2", &late), ("e3", &latest)] {
        let rows = iteration_log(&format!("--era {era}"), &[]);
        assert!(rows.iter().all(|row| keys(row) == *expected), "era {era}");
        let numbers: Vec<u64> = rows.iter().map(|row| row["iter"].as_u64().unwrap()).collect();
        assert!(numbers.is_sorted() && numbers.len() > 5, "one row per iteration of rank 0");
        assert_eq!(rows[0]["timestamp"].as_str().unwrap().len(), "01-01-2026 00:00:00.000000".len());
    }
    let row = &iteration_log("--era e2", &[])[3];
    assert_eq!(row["schedulerMode"], "non_overlap");
    assert_eq!(row["hostStepTimeMS"], row["iterLatencyMS"]);
}

#[test]
fn rows_of_all_ranks_need_the_variable_and_a_later_era() {
    let all = [("TLLM_METRICS_ALL_RANKS", "1")];
    let ranks =
        |rows: &[Value]| -> Vec<Value> { rows.iter().take(4).map(|row| row["rank"].clone()).collect() };
    assert_eq!(ranks(&iteration_log("--era e2", &all)), [0, 1, 0, 1]);
    assert_eq!(ranks(&iteration_log("--era e1", &all)), [Value::Null, Value::Null, Value::Null, Value::Null]);
}

#[test]
fn the_iteration_log_counts_every_request_once() {
    let rows = iteration_log("--era e3 --arrival poisson:3", &[]);
    let sum =
        |path: &str| -> u64 { rows.iter().map(|row| row.pointer(path).unwrap().as_u64().unwrap()).sum() };
    assert_eq!(sum("/numNewActiveRequests"), 8, "rank 0 has half of 16 requests");
    assert_eq!(sum("/numCompletedRequests"), 8);
    assert_eq!(sum("/inflightBatchingStats/numCtxTokens"), 8 * 6);
    // The first of 5 tokens comes out of the prefill.
    assert_eq!(sum("/inflightBatchingStats/numGenRequests"), 8 * 4);
    let last = rows.last().unwrap();
    assert_eq!(last["kvCacheStats"]["allocTotalBlocks"], 8);
    assert_eq!(last["kvCacheStats"]["freeNumBlocks"], 8, "every sequence is given back");
    let queued = iteration_log("--max-batch 2 --max-tokens 8 --arrival all", &[]);
    assert_eq!(queued[0]["numQueuedRequests"], 6, "8 arrived, 2 run");
    assert_eq!(queued[0]["newActiveRequestsQueueLatencyMS"], 0.0);
    assert!(queued.iter().any(|row| row["newActiveRequestsQueueLatencyMS"].as_f64().unwrap() > 0.0));
}

#[test]
fn requests_are_told_where_the_options_file_asks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("options.yaml");
    fs::write(&path, "enable_iter_perf_stats: true\nenable_iter_req_stats: true\n").unwrap();
    let rows = iteration_log(
        &format!("--max-batch 2 --max-tokens 4 --extra_llm_api_options {}", path.display()),
        &[],
    );
    let stages: BTreeSet<&str> = rows
        .iter()
        .flat_map(|row| row["requestStats"].as_array().unwrap())
        .map(|request| request["stage"].as_str().unwrap())
        .collect();
    assert_eq!(stages, BTreeSet::from(["QUEUED", "CONTEXT_IN_PROGRESS", "GENERATION_IN_PROGRESS"]));
}

#[test]
fn request_files_tell_every_request() {
    let folder = tempfile::tempdir().unwrap();
    let (requests, texts) = (folder.path().join("requests.json"), folder.path().join("texts.json"));
    let files =
        format!("--ep-size 2 --request_json {} --output_json {}", requests.display(), texts.display());
    let run = engine(&files, &[]);
    let (rows, texts) = (json(&requests), json(&texts));
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 16);
    for (id, row) in rows.iter().enumerate() {
        let number = |key: &str| row[key].as_u64().unwrap_or_else(|| panic!("{key} of {row}"));
        assert_eq!((row["id"].as_u64().unwrap() as usize, number("num_input_tokens")), (id, 6));
        assert_eq!((number("output_tokens"), number("decode_iteration"), number("error_tokens")), (5, 5, 0));
        let (start, first, end) =
            (number("start_timestamp"), number("first_token_timestamp"), number("end_timestamp"));
        assert_eq!(number("time_to_first_token"), first - start);
        assert_eq!(number("end_to_end_latency"), end - start);
        assert_eq!(number("generation_time"), end - first);
        assert!((row["intertoken_latency"].as_f64().unwrap() * 4.0 - (end - first) as f64).abs() < 1e-6);
        let per_second = row["output_token_throughput"].as_f64().unwrap();
        assert!((per_second * (end - start) as f64 / 5e9 - 1.0).abs() < 1e-12);
        let finished = &run.outcome().ranks[id % 2].finished;
        let tokens = &finished.iter().find(|request| request.id == id).unwrap().tokens;
        let text = tokens.iter().map(|token| format!("<{token}>")).collect::<Vec<_>>().concat();
        assert_eq!(
            (row["output"].as_str().unwrap(), texts[id.to_string()].as_str().unwrap()),
            (&*text, &*text)
        );
    }
}

#[test]
fn the_report_is_complete_in_every_era() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let report = |more: &str| {
        let run = engine(&format!("--ep-size 2 --report_json {} {more}", path.display()), &[]);
        run.outcome();
        (json(&path), run.output)
    };
    let (early, text) = report("--era e1");
    let sections = ["engine", "world_info", "request_info", "performance", "dataset", "moe"];
    assert_eq!(keys(&early), BTreeSet::from(sections));
    for label in ["TP Size:", "PP Size:", "EP Size:", "= DATASET DETAILS", "[Latency] P95    :"] {
        assert!(text.contains(label), "{label} in {text}");
    }
    assert!(!text.contains("[TTFT]"));
    let percentile_keys = BTreeSet::from(["p50", "p90", "p95", "p99", "minimum", "maximum", "average"]);
    assert_eq!(keys(&early["performance"]["request_latency_percentiles_ms"]), percentile_keys);
    assert_eq!(early["dataset"]["isl_stats"]["average"], 6.0);

    let (late, text) = report("--era e2 --streaming");
    assert_eq!(keys(&late["machine"]), BTreeSet::from(["name", "memory.total", "clocks.mem"]));
    let streaming = &late["streaming_metrics"];
    for key in ["tpot_percentiles", "ttft_percentiles", "gen_tps_percentiles"] {
        assert_eq!(keys(&streaming[key]), percentile_keys);
    }
    let average = streaming["avg_ttft_ms"].as_f64().unwrap();
    assert!(
        text.contains(&format!("{:<50}{average:.4}", "Average time-to-first-token [TTFT] (ms):")),
        "{text}"
    );
    let (ttft, tpot) = (average, streaming["avg_tpot_ms"].as_f64().unwrap());
    let latency = late["performance"]["avg_request_latency_ms"].as_f64().unwrap();
    assert!((ttft + 4.0 * tpot - latency).abs() < 1e-9, "all requests have 5 tokens");
}
