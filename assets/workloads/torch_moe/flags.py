# SPDX-License-Identifier: Apache-2.0
"""The environment variables that the workload honours, read once when it is built, as TensorRT-LLM does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .errors import WorkloadError
from .window import Spans, parse_spans, python_int


@dataclass(frozen=True)
class Flags:
    """The values of all variables; see options.py's help for what they mean."""

    spans: Spans | None
    trace: str | None
    #: Ranks that print iteration lines; None means all.
    log_ranks: frozenset[int] | None
    perfect_router: bool
    debug_ranges: bool
    record_gc: bool
    metrics_all_ranks: bool
    #: First iteration counted, and the one that is not counted but writes.
    statistic_range: tuple[int, int] | None
    statistic_path: str

    def logs(self, rank: int) -> bool:
        return self.log_ranks is None or rank in self.log_ranks


def read_flags(era: str, environment: Mapping[str, str]) -> Flags:
    """Reads the variables that `era` knows; raises where a value cannot be parsed."""

    def text(name: str) -> str | None:
        return environment.get(name) or None

    def is_one(name: str) -> bool:
        return environment.get(name) == "1"

    late = era != "e1"
    spans, ranks = text("TLLM_PROFILE_START_STOP"), text("TLLM_PROFILE_LOG_RANKS")
    counted = text("EXPERT_STATISTIC_ITER_RANGE")
    return Flags(
        spans=parse_spans("TLLM_PROFILE_START_STOP", spans) if spans else None,
        trace=text("TLLM_TORCH_PROFILE_TRACE"),
        log_ranks=_log_ranks(ranks) if ranks and late else frozenset({0}),
        perfect_router=is_one("ENABLE_PERFECT_ROUTER"),
        debug_ranges=is_one("TLLM_NVTX_DEBUG") or is_one("TLLM_LLMAPI_ENABLE_NVTX"),
        record_gc=text("TLLM_PROFILE_RECORD_GC") is not None,
        metrics_all_ranks=late and is_one("TLLM_METRICS_ALL_RANKS"),
        statistic_range=_statistic_range(counted) if counted else None,
        statistic_path=text("EXPERT_STATISTIC_PATH") or "expert_statistic",
    )


def _log_ranks(text: str) -> frozenset[int] | None:
    if text.strip().lower() == "all":
        return None
    try:
        return frozenset(int(part) for part in text.split(","))
    except ValueError:
        remedy = "Write all, or rank numbers separated by commas"
        raise _bad_variable("TLLM_PROFILE_LOG_RANKS", text, remedy) from None


def _statistic_range(text: str) -> tuple[int, int]:
    numbers = [python_int(part) for part in text.split("-")]
    if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
        remedy = "Write exactly one range START-STOP; iteration STOP is not counted, it writes the files"
        raise _bad_variable("EXPERT_STATISTIC_ITER_RANGE", text, remedy)
    return numbers[0], numbers[1]


def _bad_variable(name: str, text: str, remedy: str) -> WorkloadError:
    return WorkloadError("environment.bad_value", f"Cannot parse environment variable {name}: '{text}'. {remedy}.")
