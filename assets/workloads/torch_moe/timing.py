# SPDX-License-Identifier: Apache-2.0
"""Device moments at the top of iterations, and sampled tokens on their way to the host."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .scheduler import Batch


class StepClock:
    """Wall time on the device between the tops of consecutive iterations, by events on its stream."""

    def __init__(self, on_gpu: bool) -> None:
        self._on_gpu = on_gpu
        self._tops: list[Any] = []

    def top(self) -> float | None:
        """Called at the top of every iteration; milliseconds of the step before the last one, once there are two."""
        elapsed = self._elapsed() if len(self._tops) == 2 else None
        self._tops = [*self._tops[-1:], self._mark()]
        return elapsed

    def _mark(self) -> object:
        if not self._on_gpu:
            return time.perf_counter()
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event

    def _elapsed(self) -> float:
        first, second = self._tops
        if not self._on_gpu:
            return float(second - first) * 1e3
        second.synchronize()
        return float(first.elapsed_time(second))


@dataclass
class Pending:
    """A forward whose tokens are on their way to the host."""

    batch: Batch
    tokens: Tensor
    arrived: torch.cuda.Event | None

    def wait(self) -> list[int]:
        if self.arrived:
            self.arrived.synchronize()
        tokens: list[int] = self.tokens.tolist()
        return tokens


class TokenCopies:
    """Copies sampled tokens on a stream of its own, so that the next forward need not wait for the host."""

    def __init__(self, on_gpu: bool) -> None:
        self._stream = torch.cuda.Stream() if on_gpu else None

    def send(self, batch: Batch, tokens: Tensor) -> Pending:
        if self._stream is None:
            return Pending(batch, tokens, None)
        self._stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._stream):
            host = torch.empty(tokens.shape, dtype=tokens.dtype, pin_memory=True)
            host.copy_(tokens, non_blocking=True)
            tokens.record_stream(self._stream)
            arrived = torch.cuda.Event()
            arrived.record()
        return Pending(batch, host, arrived)
