# SPDX-License-Identifier: Apache-2.0
"""The files of a run, in the shapes of TensorRT-LLM's benchmark: report, requests, answers, iterations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from . import __version__
from .errors import write_failed
from .iteration_stats import line_of
from .options import Options
from .report import Machine, Outcome, Summary, mean, percentiles
from .scheduler import Request


def report_json(options: Options, summary: Summary, machine: Machine) -> dict[str, Any]:
    """The report in the shape of TensorRT-LLM's benchmark; missing figures are null."""
    shape = options.shape
    report = {
        "engine": {
            "model": f"torch-moe-{options.preset}-{shape.layers}l-{shape.experts}e-top{shape.top_k}",
            "model_path": None,
            "engine_dir": None,
            "version": __version__,
            "backend": machine.backend,
            "dtype": machine.dtype,
            "kv_cache_dtype": machine.dtype,
            "quantization": None,
            "max_input_length": options.input_len,
            "max_sequence_length": options.max_length,
        },
        "world_info": {
            "tp_size": summary.ranks,
            "pp_size": 1,
            "ep_size": summary.ranks,
            "world_size": summary.ranks,
            "max_batch_size": options.max_batch,
            "max_num_tokens": options.max_tokens,
            "scheduling_policy": "GUARANTEED_NO_EVICT",
            "kv_cache_percentage": None,
            "issue_rate": summary.issue_rate,
        },
        "request_info": {
            "num_requests": len(summary.finished),
            "avg_num_concurrent_requests": summary.concurrent,
            "avg_input_length": options.input_len,
            "avg_output_length": options.output_len,
        },
        "performance": {
            "total_latency_ms": summary.total_ms,
            "avg_request_latency_ms": mean(summary.latencies_ms),
            "request_throughput_req_s": summary.requests_per_s,
            "system_output_throughput_tok_s": summary.output_per_s,
            "system_total_throughput_tok_s": summary.total_per_s,
            "output_throughput_per_user_tok_s": summary.per_user_per_s,
            "output_throughput_per_gpu_tok_s": summary.per_rank_per_s,
            "request_latency_percentiles_ms": percentiles(summary.latencies_ms),
        },
    }
    if options.era != "e1":
        report["machine"] = {"name": machine.name, "memory.total": machine.memory_gib, "clocks.mem": None}
    if options.streaming:
        report["streaming_metrics"] = {
            "token_output_speed_tok_s": mean([1e3 / ms for ms in summary.per_token_ms]),
            "avg_ttft_ms": mean(summary.first_token_ms),
            "avg_tpot_ms": mean(summary.per_token_ms),
            "tpot_percentiles": percentiles(summary.per_token_ms),
            "ttft_percentiles": percentiles(summary.first_token_ms),
            "gen_tps_percentiles": percentiles([1e3 / ms for ms in summary.per_token_ms]),
        }
    return report


def request_row(request: Request, input_len: int) -> dict[str, Any]:
    """One request; times in nanoseconds of a steady clock, rates per second."""
    count = len(request.tokens)
    generation_ns, latency_ns = request.end_ns - request.first_token_ns, request.end_ns - request.arrival_ns
    return {
        "id": request.id,
        "num_input_tokens": input_len,
        "error_tokens": 0,
        "start_timestamp": request.arrival_ns,
        "first_token_timestamp": request.first_token_ns,
        "end_timestamp": request.end_ns,
        "decode_iteration": count,
        "num_total_output_tokens": count,
        "num_generated_tokens": count - 1,
        "generation_time": generation_ns,
        "time_to_first_token": request.first_token_ns - request.arrival_ns,
        "intertoken_latency": generation_ns / (count - 1) if count > 1 else None,
        "end_to_end_latency": latency_ns,
        "total_token_throughput": (input_len + count) * 1e9 / latency_ns if latency_ns else None,
        "output_token_throughput": count * 1e9 / latency_ns if latency_ns else None,
        "output": text_of(request),
        "output_tokens": count,
    }


def text_of(request: Request) -> str:
    """There is no tokenizer: a token is written as its number."""
    return "".join(f"<{token}>" for token in request.tokens)


def write_files(options: Options, summary: Summary, machine: Machine) -> None:
    """Writes the files of whole runs that the options ask for; raises WorkloadError where one cannot be written."""
    rows = [request_row(request, options.input_len) for request in summary.finished]
    for what, path, value in (
        ("the report", options.report_json, report_json(options, summary, machine)),
        ("the requests", options.request_json, rows),
        ("the output", options.output_json, {str(r.id): text_of(r) for r in summary.finished}),
    ):
        if path:
            _write(what, path, json.dumps(value, indent=4) + "\n")


def write_iteration_log(options: Options, outcomes: list[Outcome], all_ranks: bool) -> None:
    """Writes the iteration log: rank 0, or all ranks by turns."""
    if not options.iteration_log:
        return
    shown = outcomes if all_ranks else outcomes[:1]
    lines = []
    for sequence in range(max(len(outcome.records) for outcome in shown)):
        for outcome in shown:
            if sequence < len(outcome.records):
                record = outcome.records[sequence]
                lines.append(line_of(record, options, outcome.rank, all_ranks, sequence) + "\n")
    _write("the iteration log", options.iteration_log, "".join(lines))


def _write(what: str, path: str, text: str) -> None:
    try:
        Path(path).write_text(text)
    except OSError as reason:
        raise write_failed(what, path, reason) from reason
