# SPDX-License-Identifier: Apache-2.0
"""Runs the forward of a batch: eagerly, or as the replay of a CUDA graph where it only decodes."""

from __future__ import annotations

import torch
from torch import Tensor

from .attention import Group, masks_of
from .batch_inputs import Sampled, stage
from .model import Inputs, Model, Routed
from .options import Options
from .ranges import Ranges
from .scheduler import Batch, Request, Segment

WARM_UP_FORWARDS = 3


class DecodeGraph:
    """A recorded decode of `size` rows over fixed memory."""

    def __init__(self, model: Model, options: Options, size: int, device: torch.device, dtype: torch.dtype, pool: object) -> None:
        self.size = size
        self._options = options
        self._numbers = torch.zeros(4, size, device=device, dtype=torch.int64)
        self._iteration = torch.zeros(1, device=device, dtype=torch.int64)
        self._numbers[2] = options.max_batch
        self._model, self._dtype = model, dtype
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            self._forward()
        torch.cuda.current_stream().wait_stream(side)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph, pool=pool):
            self._logits = self._forward()

    def _forward(self) -> Tensor:
        requests, positions, slots, real = self._numbers
        keys = self._options.max_length
        group = Group(slots, None, 0, keys, masks_of(positions[:, None], keys, self._dtype))
        return self._model.forward(Inputs(requests, positions, slots, None, real, (group,), self._iteration))

    def stage(self, batch: Batch, iteration: int) -> Sampled:
        """Copies a batch into the graph's memory without waiting."""
        count = len(batch.generation)
        pad = self.size - count
        rows = [
            [s.request.id for s in batch.generation] + [0] * pad,
            [s.first for s in batch.generation] + [0] * pad,
            [s.request.slot for s in batch.generation] + [self._options.max_batch] * pad,
            [1] * count + [0] * pad,
        ]
        self._numbers.copy_(torch.tensor(rows, dtype=torch.int64, pin_memory=True), non_blocking=True)
        self._iteration.copy_(torch.tensor([iteration], dtype=torch.int64, pin_memory=True), non_blocking=True)
        requests, positions, slots, _ = self._numbers[:, :count]
        return Sampled(requests, positions, slots)

    def replay(self, count: int) -> Tensor:
        self._graph.replay()
        return self._logits[:count]


class Executor:
    """The forwards of one rank."""

    def __init__(self, model: Model, options: Options, device: torch.device, dtype: torch.dtype, ranges: Ranges) -> None:
        self._model, self._options, self._device, self._dtype, self._ranges = model, options, device, dtype, ranges
        self._graphs: list[DecodeGraph] = []

    def warm_up(self) -> None:
        """Touches the memory of the largest batches, then records the graphs."""
        options = self._options
        place = Request(0, 0, slot=options.max_batch)
        prompts = max(options.max_tokens // options.input_len, 1)
        length = min(options.input_len, options.max_tokens)
        context = Batch(context=[Segment(place, 0, length, True)] * min(prompts, options.max_batch))
        decode = Batch(generation=[Segment(place, options.max_length - 1, 1, True)] * options.max_batch)
        for _ in range(WARM_UP_FORWARDS):
            for batch in (context, decode):
                logits, sampled = self.forward(batch, 0, None)
                self.sample(logits, sampled)
        if options.cuda_graphs:
            self._record()

    def _record(self) -> None:
        sizes = sorted({min(1 << power, self._options.max_batch) for power in range(25)}, reverse=True)
        pool = torch.cuda.graph_pool_handle()
        self._graphs = [
            DecodeGraph(self._model, self._options, size, self._device, self._dtype, pool) for size in sizes
        ][::-1]

    def forward(self, batch: Batch, iteration: int, routed: Routed | None) -> tuple[Tensor, Sampled]:
        """Logits of the rows that are sampled, and who they are. Batches that are counted run eagerly."""
        decodes = batch.generation and not batch.context and routed is None
        graph = next((g for g in self._graphs if g.size >= len(batch.generation)), None) if decodes else None
        with self._ranges.range("_prepare_inputs"):
            if graph:
                sampled = graph.stage(batch, iteration)
            else:
                inputs, sampled = stage(batch, iteration, self._options, self._device, self._dtype)
        if graph:
            return graph.replay(len(batch.generation)), sampled
        return self._model.forward(inputs, routed), sampled

    def sample(self, logits: Tensor, sampled: Sampled) -> Tensor:
        return self._model.sample(logits, sampled.requests, sampled.positions, sampled.slots)
