// SPDX-License-Identifier: Apache-2.0
//! `--report_json`: the report in the shape of TensorRT-LLM's benchmark, with the key `moe` added.

use std::fs;

use serde_json::ser::PrettyFormatter;
use serde_json::{Serializer, Value, json};

use crate::error::EngineError;
use crate::options::Options;
use crate::report::{Latencies, Summary};

/// Writes the report where the options ask for one. Missing figures are `null`.
///
/// # Errors
/// [`EngineError::Write`] that names the file.
pub fn write_report_json(options: &Options, summary: &Summary) -> Result<(), EngineError> {
    let Some(path) = &options.report_json else { return Ok(()) };
    let failed = |reason: String| EngineError::Write { what: "the report", path: path.clone(), reason };
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b"    "));
    serde::Serialize::serialize(&report(options, summary), &mut serializer)
        .map_err(|e| failed(e.to_string()))?;
    bytes.push(b'\n');
    fs::write(path, bytes).map_err(|e| failed(e.to_string()))
}

fn report(options: &Options, summary: &Summary) -> Value {
    json!({
        "engine": {
            "model": format!("moe-{}l-{}e-top{}", options.layers, options.experts, options.top_k),
            "model_path": null,
            "engine_dir": null,
            "version": env!("CARGO_PKG_VERSION"),
            "backend": "Embedded",
            "dtype": "float32",
            "kv_cache_dtype": "float32",
            "quantization": null,
            "max_sequence_length": options.input_len + options.output_len,
        },
        "world_info": {
            "tp_size": options.ranks(),
            "pp_size": 1,
            "ep_size": options.ranks(),
            "world_size": options.ranks(),
            "max_batch_size": options.max_batch,
            "max_num_tokens": options.max_tokens,
            "scheduling_policy": "GUARANTEED_NO_EVICT",
            "kv_cache_percentage": null,
            "issue_rate": summary.issue_rate,
        },
        "request_info": {
            "num_requests": summary.requests,
            "avg_num_concurrent_requests": summary.concurrent_requests,
            "avg_input_length": options.input_len,
            "avg_output_length": options.output_len,
        },
        "performance": performance(summary),
        "moe": {
            "predicted_gain": summary.moe.predicted_gain,
            "rank_compute_ms": summary.moe.rank_compute_ms,
            "rank_wait_ms": summary.moe.rank_wait_ms,
            "wall_ms": summary.moe.wall_ms,
            "iterations": summary.iterations,
        },
    })
}

fn performance(summary: &Summary) -> Value {
    let Latencies(latencies) = &summary.latencies;
    let percentile = |percent| summary.latencies.percentile(percent);
    json!({
        "total_latency_ms": summary.total_latency_ms,
        "avg_request_latency_ms": summary.latencies.average(),
        "request_throughput_req_s": summary.request_throughput,
        "system_output_throughput_tok_s": summary.output_throughput,
        "system_total_throughput_tok_s": summary.total_throughput,
        "output_throughput_per_user_tok_s": summary.output_throughput_per_user,
        "output_throughput_per_gpu_tok_s": summary.output_throughput_per_rank,
        "request_latency_percentiles_ms": {
            "p50": percentile(50.0),
            "p90": percentile(90.0),
            "p95": percentile(95.0),
            "p99": percentile(99.0),
            "minimum": latencies.first(),
            "maximum": latencies.last(),
            "average": summary.latencies.average(),
        },
    })
}
