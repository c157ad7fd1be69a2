# SPDX-License-Identifier: Apache-2.0
"""The figures of a run, the report at its end with the labels of TensorRT-LLM's benchmark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from . import __version__
from .iteration_stats import IterationRecord
from .options import Options
from .scheduler import Request

RULE = "=" * 59


@dataclass
class Outcome:
    """What a rank leaves behind; moments in nanoseconds of the steady clock, which all ranks share."""

    rank: int
    start_ns: int
    end_ns: int
    iterations: int
    tokens: tuple[int, int]
    finished: list[Request]
    records: list[IterationRecord] = field(default_factory=list)


@dataclass(frozen=True)
class Machine:
    """What the run ran on."""

    backend: str
    name: str
    memory_gib: float | None
    dtype: str


def percentile(values: list[float], percent: float) -> float | None:
    """The smallest of the sorted `values` that at least `percent` of them do not exceed."""
    return values[max(math.ceil(percent / 100 * len(values)) - 1, 0)] if values else None


def mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def percentiles(values: list[float]) -> dict[str, float | None]:
    ordered = sorted(values)
    named = {f"p{percent}": percentile(ordered, percent) for percent in (50, 90, 95, 99)}
    return named | {
        "minimum": ordered[0] if ordered else None,
        "maximum": ordered[-1] if ordered else None,
        "average": mean(ordered),
    }


class Summary:
    """The figures of all ranks; rates are None where nothing was done."""

    def __init__(self, options: Options, outcomes: list[Outcome]) -> None:
        self.ranks = len(outcomes)
        self.iterations = outcomes[0].iterations
        self.finished = sorted((r for o in outcomes for r in o.finished), key=lambda request: request.id)
        wall_ns = max(o.end_ns for o in outcomes) - min(o.start_ns for o in outcomes)
        self.total_ms = wall_ns / 1e6
        self.latencies_ms = [(r.end_ns - r.arrival_ns) / 1e6 for r in self.finished]
        self.first_token_ms = [(r.first_token_ns - r.arrival_ns) / 1e6 for r in self.finished]
        longer = [r for r in self.finished if len(r.tokens) > 1 and r.end_ns > r.first_token_ns]
        self.per_token_ms = [(r.end_ns - r.first_token_ns) / 1e6 / (len(r.tokens) - 1) for r in longer]
        per_s = (lambda count: count * 1e9 / wall_ns) if wall_ns > 0 else (lambda _: None)
        generated = sum(o.tokens[1] for o in outcomes)
        self.requests_per_s = per_s(len(self.finished))
        self.output_per_s = per_s(generated)
        self.total_per_s = per_s(generated + sum(o.tokens[0] for o in outcomes))
        self.per_rank_per_s = None if self.output_per_s is None else self.output_per_s / self.ranks
        self.per_user_per_s = mean([options.output_len * 1e3 / ms for ms in self.latencies_ms])
        self.concurrent = sum(self.latencies_ms) / self.total_ms if self.total_ms > 0 else None
        arrivals = [r.arrival_ns for r in self.finished]
        span_ns = max(arrivals) - min(arrivals) if arrivals else 0
        self.issue_rate = len(arrivals) * 1e9 / span_ns if span_ns > 0 else None


def report_text(options: Options, summary: Summary, machine: Machine) -> str:
    """The report, in sections; a figure that does not exist is left out."""
    shape = options.shape
    sections: dict[str, Sequence[tuple[str, object]]] = {
        "PYTORCH BACKEND": [
            ("Model:", f"{shape.layers} layers, hidden {shape.hidden}, {shape.experts} experts, top-{shape.top_k}, ffn {shape.ffn}"),
            ("Workload Version:", __version__),
            ("Device:", machine.name),
            ("Dtype:", machine.dtype),
        ],
        "REQUEST DETAILS": [
            ("Number of requests:", len(summary.finished)),
            ("Number of concurrent requests:", summary.concurrent),
            ("Average Input Length (tokens):", float(options.input_len)),
            ("Average Output Length (tokens):", float(options.output_len)),
        ],
        "WORLD + RUNTIME INFORMATION": [
            ("TP Size:", summary.ranks),
            ("PP Size:", 1),
            ("EP Size:", summary.ranks),
            ("Max Runtime Batch Size:", options.max_batch),
            ("Max Runtime Tokens:", options.max_tokens),
            ("Scheduling Policy:", "GUARANTEED_NO_EVICT"),
            ("Issue Rate (req/sec):", summary.issue_rate),
        ],
        "PERFORMANCE OVERVIEW": _overview(options, summary),
    }
    lines = [""]
    for title, rows in sections.items():
        lines += ["", RULE, f"= {title}", RULE]
        lines += [f"{label:<50}{_shown(value)}" for label, value in rows if value is not None]
    return "\n".join([*lines, RULE])


def _overview(options: Options, summary: Summary) -> list[tuple[str, float | None]]:
    rows = [
        ("Request Throughput (req/sec):", summary.requests_per_s),
        ("Total Output Throughput (tokens/sec):", summary.output_per_s),
        ("Total Token Throughput (tokens/sec):", summary.total_per_s),
        ("Total Latency (ms):", summary.total_ms),
        ("Average request latency (ms):", mean(summary.latencies_ms)),
        ("Per User Output Throughput [w/ ctx] (tps/user):", summary.per_user_per_s),
        ("Per GPU Output Throughput (tps/gpu):", summary.per_rank_per_s),
    ]
    if options.streaming:
        rows += _breakdown("TTFT", summary.first_token_ms) + _breakdown("TPOT", summary.per_token_ms)
    return rows + _breakdown("Latency", summary.latencies_ms)


def _breakdown(label: str, values: list[float]) -> list[tuple[str, float | None]]:
    named = percentiles(values).items()
    return [(f"[{label}] {key.upper()}:", value) for key, value in named]


def _shown(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
