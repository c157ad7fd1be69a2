# SPDX-License-Identifier: Apache-2.0
"""TLLM_PROFILE_START_STOP: which iterations are profiled, by the rules of each era."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .errors import WorkloadError


@dataclass(frozen=True)
class Spans:
    """Iterations at which profiling starts and stops."""

    starts: frozenset[int] = field(default_factory=frozenset)
    stops: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Start:
    iteration: int


@dataclass(frozen=True)
class Stop:
    """The iteration that the log names: the last one in era e1, the one after it later."""

    iteration: int


@dataclass(frozen=True)
class StopWithoutWindow:
    iteration: int


Action = Start | Stop | StopWithoutWindow


def python_int(text: str) -> int | None:
    """A whole number of 0 or more as int() takes it, or None."""
    digits = text.strip().removeprefix("+")
    return int(digits) if re.fullmatch(r"[0-9]+(_[0-9]+)*", digits) else None


def parse_spans(variable: str, text: str) -> Spans:
    """Spans `A-B` or single iterations, separated by commas; raises where a piece is neither."""
    starts, stops = set(), set()
    for piece in text.split(","):
        numbers = [python_int(part) for part in piece.split("-")]
        bounds = [number for number in numbers if number is not None]
        if len(numbers) > 2 or len(bounds) < len(numbers):
            message = (
                f"Cannot parse span in environment variable {variable}: '{text}' holds '{piece.strip()}'. "
                "Write spans as FIRST-LAST, separated by commas, for example 100-150."
            )
            raise WorkloadError("environment.bad_span", message)
        starts.add(bounds[0])
        stops.add(bounds[-1])
    return Spans(frozenset(starts), frozenset(stops))


class WindowMachine:
    """Whether a window is open, asked once at the top of every iteration, in order from 0."""

    def __init__(self, era: str, spans: Spans) -> None:
        self.era = era
        self.active = False
        self._spans = spans

    def enter(self, iteration: int) -> list[Action]:
        """What happens at the top of `iteration`; raises where the era's engine would fail its assertion."""
        actions: list[Action] = []
        # Era e1 tests the stop set before its counter moves on to this iteration.
        finished = iteration - 1 if self.era == "e1" else iteration
        if finished in self._spans.stops:
            if self.active:
                self.active = False
                actions.append(Stop(finished))
            elif self.era == "e3":
                actions.append(StopWithoutWindow(finished))
            else:
                raise self._inconsistent(iteration, "stop where nothing is profiled")
        if iteration in self._spans.starts:
            if self.active:
                raise self._inconsistent(iteration, "overlap")
            self.active = True
            actions.append(Start(iteration))
        return actions

    def leave(self, following: int) -> Stop | None:
        """Closes a window that is still open when the loop ends before iteration `following`."""
        if not self.active:
            return None
        self.active = False
        return Stop(max(following - 1, 0) if self.era == "e1" else following)

    def _inconsistent(self, iteration: int, problem: str) -> WorkloadError:
        bound = "B not below A, the next one starting at B+1" if self.era == "e1" else "B above A, the next one starting at B"
        message = (
            f"AssertionError: Inconsistent CUDA profiling state at iteration {iteration}: the windows of "
            f"TLLM_PROFILE_START_STOP {problem} in era {self.era}. Write windows A-B with {bound} or later."
        )
        return WorkloadError("profiling.inconsistent", message, 1)
