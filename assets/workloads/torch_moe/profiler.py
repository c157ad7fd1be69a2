# SPDX-License-Identifier: Apache-2.0
"""Opens and closes the profile windows of one rank: cudaProfilerStart and Stop, and PyTorch's trace."""

from __future__ import annotations

from pathlib import Path

import torch

from .errors import write_failed
from .log import say
from .ranges import Ranges
from .window import Action, Start, Stop, WindowMachine


def rank_path(path: str, rank: int, ranks: int) -> Path:
    """The file of one rank: `{stem}-rank-{rank}{ext}`, where `ext` is the last suffix; as it is with one rank."""
    whole = Path(path)
    return whole if ranks == 1 else whole.with_name(f"{whole.stem}-rank-{rank}{whole.suffix}")


class Profiler:
    """The profiler of one rank. A later window replaces the trace of an earlier one."""

    def __init__(self, windows: WindowMachine, trace: Path | None, rank: int, ranges: Ranges, markers: bool) -> None:
        self._windows = windows
        self._trace = trace
        self._rank = rank
        self._ranges = ranges
        self._markers = markers
        self._profile: torch.profiler.profile | None = None
        self._cuda = torch.cuda.is_available() and torch.cuda.is_initialized()

    def enter(self, iteration: int) -> None:
        """Called at the top of every iteration; raises where the windows do not fit."""
        for action in self._windows.enter(iteration):
            self._act(action)

    def leave(self, following: int) -> None:
        """Closes a window that is open when the loop ends."""
        action = self._windows.leave(following)
        if action:
            self._act(action)

    def _act(self, action: Action) -> None:
        if isinstance(action, Start):
            self._start(action.iteration)
        elif isinstance(action, Stop):
            self._stop(action.iteration)
        elif self._rank == 0:
            say(f"profile stop scheduled at iter {action.iteration} but no active profiling window - skipping", "W")

    def _start(self, iteration: int) -> None:
        if self._rank == 0:
            say(f"Profiling started at iteration {iteration}.")
        if self._cuda:
            torch.cuda.cudart().cudaProfilerStart()
        if self._trace:
            kinds = torch.profiler.ProfilerActivity
            activities = [kinds.CPU, kinds.CUDA] if self._cuda else [kinds.CPU]
            self._profile = torch.profiler.profile(activities=activities, record_shapes=True, with_modules=True)
            self._profile.start()
            self._ranges.in_trace = self._markers

    def _stop(self, iteration: int) -> None:
        self._ranges.in_trace = False
        if self._profile:
            self._profile.stop()
            try:
                self._profile.export_chrome_trace(str(self._trace))
            except (OSError, RuntimeError) as reason:
                failure = reason if isinstance(reason, OSError) else OSError(0, str(reason))
                raise write_failed("the trace", self._trace, failure) from reason
            self._profile = None
            say(f"Profiling stopped at iteration {iteration}, trace saved to {self._trace}")
        if self._cuda:
            torch.cuda.synchronize()
            torch.cuda.cudart().cudaProfilerStop()
