# SPDX-License-Identifier: Apache-2.0
"""Requests of one rank: arrival, admission, chunked prefill, decode, completion.

Nothing here looks at the time or at a token's value, so both arms of a comparison run exactly the same batches. A batch
is planned while the one before it still runs: what is planned and what is done are counted apart.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field

from .errors import bad_option
from .options import Options
from .rng import unit


@dataclass
class Request:
    """A request on its way; moments in nanoseconds of the steady clock."""

    id: int
    arrival_ns: int
    slot: int = -1
    #: Prompt tokens in planned batches.
    prefilled: int = 0
    #: Generated tokens in planned batches.
    planned: int = 0
    tokens: list[int] = field(default_factory=list)
    first_token_ns: int = 0
    end_ns: int = 0


@dataclass(frozen=True)
class Segment:
    """Neighbouring positions of one sequence, computed together."""

    request: Request
    first: int
    length: int
    #: Whether the token after the last position is sampled.
    samples: bool

    @property
    def end(self) -> int:
        return self.first + self.length


@dataclass
class Batch:
    """What one forward of a rank computes: prompts, then single tokens of running answers."""

    context: list[Segment] = field(default_factory=list)
    generation: list[Segment] = field(default_factory=list)
    admitted: list[Request] = field(default_factory=list)

    @property
    def segments(self) -> list[Segment]:
        return self.context + self.generation

    @property
    def context_tokens(self) -> int:
        return sum(segment.length for segment in self.context)

    @property
    def tokens(self) -> int:
        return self.context_tokens + len(self.generation)

    @property
    def sampled(self) -> list[Request]:
        """Requests that get a token, in the order of their rows."""
        return [segment.request for segment in self.segments if segment.samples]

    def step_text(self, era: str, iteration: int) -> str:
        """The marker of this forward, as the era writes it."""
        tokens = "" if era == "e1" else f" {self.context_tokens} ctx tokens,"
        counts = f"{len(self.context)} ctx reqs,{tokens} {len(self.generation)} gen reqs"
        return f"[Executor] _forward_step {iteration}: {counts}"


def arrivals_of(text: str, requests: int, seed: int) -> list[int]:
    """The iteration in which each request arrives, in order."""
    if text == "all":
        return [0] * requests
    is_random = text.startswith("poisson:")
    try:
        rate = float(text.removeprefix("poisson:"))
    except ValueError:
        rate = math.nan
    if not (math.isfinite(rate) and rate >= 1e-3):
        raise bad_option("--arrival", f"'{text}' is not a rate of 0.001 or more requests per iteration", "Write all, 4 or poisson:4")
    if not is_random:
        return [int(index / rate) for index in range(requests)]
    moment, arrivals = 0.0, []
    for index in range(requests):
        moment -= math.log(1.0 - unit(seed, 200, index)) / rate
        arrivals.append(int(moment))
    return arrivals


class Scheduler:
    """The scheduler of `rank`; request i belongs to rank i mod ranks."""

    def __init__(self, options: Options, arrivals: list[int], rank: int, ranks: int) -> None:
        self._options = options
        self._arrivals = arrivals
        self._next = rank
        self._ranks = ranks
        self._free = list(range(options.max_batch - 1, -1, -1))
        self.waiting: deque[Request] = deque()
        self.running: list[Request] = []
        self.finished: list[Request] = []
        self.fetched = 0
        self.taken_slots = 0

    def fetch(self, iteration: int, now_ns: int) -> int:
        """Takes in the requests that arrived up to `iteration`; how many."""
        before = self.fetched
        while self._next < len(self._arrivals) and self._arrivals[self._next] <= iteration:
            self.waiting.append(Request(self._next, now_ns))
            self._next += self._ranks
            self.fetched += 1
        return self.fetched - before

    def fetched_by_all(self, iteration: int) -> int:
        return bisect_right(self._arrivals, iteration)

    def has_work(self) -> bool:
        """Whether any request of this rank is not done or still to arrive."""
        return self._next < len(self._arrivals) or bool(self.waiting) or bool(self.running)

    @property
    def cached_tokens(self) -> int:
        return sum(request.prefilled + request.planned for request in self.running)

    def schedule(self) -> Batch:
        """Plans the next forward: every running answer, then prompts in chunks, up to the token budget."""
        batch = Batch()
        self._admit(batch)
        length, answer = self._options.input_len, self._options.output_len
        for request in self.running:
            if 0 < request.planned < answer:
                batch.generation.append(Segment(request, length + request.planned - 1, 1, True))
        budget = self._options.max_tokens - len(batch.generation)
        for request in self.running:
            chunk = min(length - request.prefilled, budget)
            if chunk > 0:
                last = request.prefilled + chunk == length
                batch.context.append(Segment(request, request.prefilled, chunk, last))
                budget -= chunk
        for segment in batch.context:
            segment.request.prefilled = segment.end
        for request in batch.sampled:
            request.planned += 1
        return batch

    def _admit(self, batch: Batch) -> None:
        while self._free and self.waiting:
            request = self.waiting.popleft()
            request.slot = self._free.pop()
            self.taken_slots += 1
            self.running.append(request)
            batch.admitted.append(request)

    def append_tokens(self, batch: Batch, tokens: list[int], now_ns: int) -> None:
        """Gives every sampled request of a forward that has run its token."""
        for request, token in zip(batch.sampled, tokens, strict=True):
            if not request.tokens:
                request.first_token_ns = now_ns
            request.tokens.append(token)

    def collect_finished(self, now_ns: int) -> int:
        """Takes out the requests that have all their tokens and frees their slots; how many."""
        still = []
        for request in self.running:
            if len(request.tokens) < self._options.output_len:
                still.append(request)
                continue
            request.end_ns = now_ns
            self._free.append(request.slot)
            self.finished.append(request)
        done = len(self.running) - len(still)
        self.running = still
        return done

    def token_totals(self) -> tuple[int, int]:
        """Prompt tokens computed and tokens generated so far."""
        requests = self.running + self.finished
        return sum(r.prefilled for r in requests), sum(len(r.tokens) for r in requests)
