// SPDX-License-Identifier: Apache-2.0
//! `--report_json`: the report in the shape of TensorRT-LLM's benchmark, with the key `moe` added.

use serde_json::{Value, json};

use crate::error::EngineError;
use crate::options::{Era, Options};
use crate::report::{Samples, Summary};
use crate::request_json::write_json;
use crate::trace_file::DEVICE_NAME;

/// Writes the report where the options ask for one. Missing figures are `null`.
///
/// # Errors
/// [`EngineError::Write`] that names the file.
pub fn write_report_json(options: &Options, summary: &Summary) -> Result<(), EngineError> {
    let Some(path) = &options.report_json else { return Ok(()) };
    write_json("the report", path, &report(options, summary))
}

fn report(options: &Options, summary: &Summary) -> Value {
    let mut report = json!({
        "engine": {
            "model": format!("moe-{}l-{}e-top{}", options.layers, options.experts, options.top_k),
            "model_path": null,
            "engine_dir": null,
            "version": env!("CARGO_PKG_VERSION"),
            "backend": "Embedded",
            "dtype": "float32",
            "kv_cache_dtype": "float32",
            "quantization": null,
            "max_input_length": options.input_len,
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
        "dataset": dataset(options, summary),
        "moe": {
            "predicted_gain": summary.moe.predicted_gain,
            "rank_compute_ms": summary.moe.rank_compute_ms,
            "rank_wait_ms": summary.moe.rank_wait_ms,
            "wall_ms": summary.moe.wall_ms,
            "iterations": summary.iterations,
        },
    });
    if options.era != Era::E1 {
        report["machine"] =
            json!({ "name": DEVICE_NAME, "memory.total": total_memory_gib(), "clocks.mem": null });
    }
    if let Some(streaming) = &summary.streaming {
        report["streaming_metrics"] = json!({
            "token_output_speed_tok_s": streaming.tokens_per_second.average(),
            "avg_ttft_ms": streaming.first_token_ms.average(),
            "avg_tpot_ms": streaming.per_token_ms.average(),
            "tpot_percentiles": percentiles(&streaming.per_token_ms),
            "ttft_percentiles": percentiles(&streaming.first_token_ms),
            "gen_tps_percentiles": percentiles(&streaming.tokens_per_second),
        });
    }
    report
}

/// Every request of this engine has the same lengths.
#[allow(clippy::cast_precision_loss)]
fn dataset(options: &Options, summary: &Summary) -> Value {
    let lengths =
        |tokens: usize| percentiles(&Samples::of(std::iter::repeat_n(tokens as f64, summary.requests)));
    json!({
        "num_sequences": summary.requests,
        "isl_stats": lengths(options.input_len),
        "osl_stats": lengths(options.output_len),
        "seq_len_stats": lengths(options.input_len + options.output_len),
    })
}

/// Memory of this machine in GiB, where the system tells.
fn total_memory_gib() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / f64::from(1 << 20))
}

fn performance(summary: &Summary) -> Value {
    json!({
        "total_latency_ms": summary.total_latency_ms,
        "avg_request_latency_ms": summary.latencies.average(),
        "request_throughput_req_s": summary.request_throughput,
        "system_output_throughput_tok_s": summary.output_throughput,
        "system_total_throughput_tok_s": summary.total_throughput,
        "output_throughput_per_user_tok_s": summary.output_throughput_per_user,
        "output_throughput_per_gpu_tok_s": summary.output_throughput_per_rank,
        "request_latency_percentiles_ms": percentiles(&summary.latencies),
    })
}

fn percentiles(samples: &Samples) -> Value {
    json!({
        "p50": samples.percentile(50.0),
        "p90": samples.percentile(90.0),
        "p95": samples.percentile(95.0),
        "p99": samples.percentile(99.0),
        "minimum": samples.0.first(),
        "maximum": samples.0.last(),
        "average": samples.average(),
    })
}
