# SPDX-License-Identifier: Apache-2.0
"""Lines of the log, in the form of each era. Times in milliseconds."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass


def say(text: str, level: str = "I") -> None:
    """Prints `text` with the logger's prefix; the level is I, W or E."""
    stamp = time.strftime("%m/%d/%Y-%H:%M:%S", time.gmtime())
    sys.stdout.write(f"[{stamp}] [TRT-LLM] [{level}] {text}\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class IterationLine:
    """What a line tells. It is printed at the top of the next iteration: `iter = N` tells of step N-1."""

    iteration: int
    rank: int
    #: Requests that arrived at this rank, at all ranks.
    fetched: tuple[int, int]
    host_ms: float
    #: Wall time of the step before that one.
    device_ms: float | None
    scheduled: int
    context_requests: int
    context_tokens: int
    generation_tokens: int
    #: Share of the key-value cache in use.
    cache_ratio: float
    active: int
    waiting: int
    dummies: int

    def text(self, era: str) -> str:
        device = "N/A" if self.device_ms is None else f"{self.device_ms}ms"
        head = f"iter = {self.iteration}, global_rank = {self.rank}, rank = {self.rank}"
        totals = f"currank_total_requests = {self.fetched[0]}/{self.fetched[1]}"
        times = f"host_step_time = {self.host_ms}ms, prev_device_step_time = {device}"
        when = f"timestamp = {time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())}"
        states = {
            "num_ctx_requests": self.context_requests,
            "num_ctx_tokens": self.context_tokens,
            "num_generation_tokens": self.generation_tokens,
        }
        if era == "e1":
            return f"{head}, {totals}, {times}, {when}, num_scheduled_requests: {self.scheduled}, states = {states}"
        text = (
            f"{head}, num_scheduled_requests = {self.scheduled}, adp_dummy_ctx_tokens = 0, "
            f"adp_dummy_gen_tokens = {self.dummies}, kv_cache_util = {self.cache_ratio:.3f}, "
            f"{totals}, {times}, {when}, states = {states}"
        )
        if era == "e3":
            text += (
                f", num_active = {self.active}, num_fetched = {self.fetched[0]}, "
                f"num_dummy = {self.dummies}, num_unscheduled = {self.waiting}"
            )
        return text
