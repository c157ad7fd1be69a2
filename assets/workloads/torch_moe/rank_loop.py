# SPDX-License-Identifier: Apache-2.0
"""The executor loop of one rank, in the order of TensorRT-LLM's: with overlap, batch k runs while k-1 is finished.

Ranks go in step: at the top of every iteration they agree on who has work and whether to stop.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist

from .executor import Executor
from .expert_statistic import ExpertStatistic
from .flags import Flags
from .iteration_stats import IterationRecord
from .log import IterationLine, say
from .model import Routed
from .options import Options
from .profiler import Profiler
from .ranges import Ranges
from .report import Outcome
from .scheduler import Batch, Scheduler
from .timing import Pending, StepClock, TokenCopies


@dataclass
class RankParts:
    """What one rank runs with."""

    options: Options
    flags: Flags
    rank: int
    ranks: int
    scheduler: Scheduler
    executor: Executor
    profiler: Profiler
    statistic: ExpertStatistic | None
    ranges: Ranges
    on_gpu: bool
    #: Group for small numbers of the host; None with one rank.
    control: Any


class RankLoop:
    """Iterates until all requests are done, or the limit or a signal stops it."""

    def __init__(self, parts: RankParts) -> None:
        self._parts = parts
        self._scheduler, self._ranges, self._options = parts.scheduler, parts.ranges, parts.options
        self._clock, self._copies = StepClock(parts.on_gpu), TokenCopies(parts.on_gpu)
        self._pending: Pending | None = None
        self._last = Batch()
        self._body_start_ns = 0
        self._device_ms: float | None = None
        self._completed = 0
        self._dummies = 0
        self._records: list[IterationRecord] = []
        #: The signal that asked the run to stop, or 0.
        self.signal = 0

    def run(self) -> Outcome:
        """Raises WorkloadError where windows do not fit or files cannot be written."""
        self._parts.executor.warm_up()
        if self._parts.on_gpu:
            torch.cuda.synchronize()
        if self._parts.control is not None:
            dist.barrier(self._parts.control)
        start_ns, iteration = time.perf_counter_ns(), 0
        try:
            while self._iterate(iteration):
                iteration += 1
        finally:
            self._parts.profiler.leave(iteration)
        if self._parts.on_gpu:
            torch.cuda.synchronize()
        tokens = self._scheduler.token_totals()
        end_ns = time.perf_counter_ns()
        return Outcome(self._parts.rank, start_ns, end_ns, iteration, tokens, self._scheduler.finished, self._records)

    def _iterate(self, iteration: int) -> bool:
        top_ns = time.perf_counter_ns()
        self._device_ms = self._clock.top()
        if iteration:
            self._log(iteration, top_ns)
        self._parts.profiler.enter(iteration)
        self._body_start_ns = time.perf_counter_ns()
        self._completed = 0
        batch = self._plan(iteration)
        has_work, tokens, stop = self._agree(iteration, batch)
        if stop or not has_work:
            return False
        self._dummies = int(tokens > 0 and batch.tokens == 0)
        if tokens:
            self._step(iteration, batch)
        else:
            self._finish()
        self._last = batch
        self._record(iteration, batch)
        return True

    def _plan(self, iteration: int) -> Batch:
        ranges, late = self._ranges, self._options.era != "e1"
        with ranges.range("_fetch_new_requests"):
            with ranges.range("broadcast_requests") if late else ranges.debug("fetch"):
                self._scheduler.fetch(iteration, time.perf_counter_ns())
        with ranges.range("_pad_attention_dp_dummy_request"):
            # A rank without tokens computes a row of padding, so there is nothing to prepare here.
            pass
        with ranges.range("_schedule"):
            return self._scheduler.schedule()

    def _agree(self, iteration: int, batch: Batch) -> tuple[int, int, int]:
        """Whether any rank has work, the most tokens of a rank, and whether to stop."""
        limit = self._options.iterations
        stop = self._parts.rank == 0 and limit is not None and iteration >= limit
        mine = int(self._scheduler.has_work()), batch.tokens, int(stop or self.signal != 0)
        if self._parts.control is None:
            return mine
        numbers = torch.tensor(mine)
        dist.all_reduce(numbers, dist.ReduceOp.MAX, group=self._parts.control)
        working, tokens, stopping = numbers.tolist()
        return working, tokens, stopping

    def _step(self, iteration: int, batch: Batch) -> None:
        ranges, parts = self._ranges, self._parts
        with ranges.range("prepare_resources"):
            counting = parts.statistic is not None and parts.statistic.counts_in(iteration)
            routed = Routed() if counting else None
        with ranges.range(batch.step_text(self._options.era, iteration)):
            logits, sampled = parts.executor.forward(batch, iteration, routed)
        if routed and parts.statistic:
            _count(parts.statistic, iteration, routed)
        if parts.statistic:
            line = parts.statistic.write_if_due(iteration)
            if line:
                say(line)
        if self._options.overlap:
            self._update()
        with ranges.range("_sample_async"):
            with ranges.range("_process_requests"):
                tokens = parts.executor.sample(logits, sampled)
            with ranges.range("_write_finish_reasons"):
                sent = self._copies.send(batch, tokens)
        with ranges.range("_update_request_states"):
            self._pending = sent
        if not self._options.overlap:
            self._update()
        self._respond()

    def _finish(self) -> None:
        """A pass without a forward: what is still on its way arrives."""
        self._update()
        self._respond()

    def _update(self) -> None:
        with self._ranges.range("_update_requests"):
            if self._pending:
                self._scheduler.append_tokens(self._pending.batch, self._pending.wait(), time.perf_counter_ns())
                self._pending = None

    def _respond(self) -> None:
        with self._ranges.range("_handle_canceled_requests"):
            pass
        with self._ranges.range("_handle_responses"):
            self._completed = self._scheduler.collect_finished(time.perf_counter_ns())
        with self._ranges.range("_enqueue_responses"):
            pass

    def _log(self, iteration: int, top_ns: int) -> None:
        parts, scheduler = self._parts, self._scheduler
        if not (self._options.print_iter_log and parts.flags.logs(parts.rank)):
            return
        batch = self._last
        line = IterationLine(
            iteration=iteration,
            rank=parts.rank,
            fetched=(scheduler.fetched, scheduler.fetched_by_all(iteration - 1)) if parts.ranks > 1 else (0, 0),
            host_ms=(top_ns - self._body_start_ns) / 1e6,
            device_ms=self._device_ms,
            scheduled=len(batch.segments),
            context_requests=len(batch.context),
            context_tokens=batch.context_tokens,
            generation_tokens=len(batch.generation),
            cache_ratio=scheduler.cached_tokens / (self._options.max_batch * self._options.max_length),
            active=len(scheduler.running),
            waiting=len(scheduler.waiting),
            dummies=self._dummies,
        )
        say(line.text(self._options.era))

    def _record(self, iteration: int, batch: Batch) -> None:
        scheduler = self._scheduler
        if not self._options.iteration_log or not scheduler.fetched_by_all(iteration):
            return
        now_ns = time.perf_counter_ns()
        waited_ns = sum(max(self._body_start_ns - request.arrival_ns, 0) for request in batch.admitted)
        self._records.append(
            IterationRecord(
                iteration=iteration,
                epoch_s=time.time(),
                host_ms=(now_ns - self._body_start_ns) / 1e6,
                device_ms=self._device_ms,
                queue_ms=waited_ns / 1e6,
                admitted=len(batch.admitted),
                active=len(scheduler.running) + self._completed,
                queued=len(scheduler.waiting),
                completed=self._completed,
                context=(len(batch.context), batch.context_tokens, sum(s.end for s in batch.context)),
                generation=(len(batch.generation), sum(s.end for s in batch.generation)),
                taken_slots=scheduler.taken_slots,
                gpu_bytes=torch.cuda.memory_allocated() if self._parts.on_gpu else 0,
            )
        )


def _count(statistic: ExpertStatistic, iteration: int, routed: Routed) -> None:
    counts = torch.stack(routed.counts).tolist()
    ids = [chosen.flatten().tolist() for chosen in routed.chosen] if statistic.keeps_ids() else None
    statistic.record(iteration, counts, ids)
