# SPDX-License-Identifier: Apache-2.0
"""The decoder's weights, random and seeded, and its forward pass over one batch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .attention import Group, attend, rotate, rotation
from .experts import Experts, ExpertWeights, count_of
from .options import Options
from .ranges import Ranges
from .rng import hash_of
from .router import PerfectRouter, Skew, choose

EPSILON = 1e-5


@dataclass(frozen=True)
class Layer:
    """Weights `[out, in]` of one layer."""

    qkv: Tensor
    out: Tensor
    sinks: Tensor
    gate: Tensor
    experts: ExpertWeights


@dataclass(frozen=True)
class Inputs:
    """Rows of a batch where the model runs: request, position and cache place of every row, and who is sampled."""

    requests: Tensor
    positions: Tensor
    slots: Tensor
    sampled: Tensor | None
    #: 1 for rows of requests, 0 for padding, which no statistic counts.
    real: Tensor
    groups: tuple[Group, ...]
    iteration: Tensor


class Routed:
    """What a statistic gets of a forward: counts [experts] and chosen experts of every layer."""

    def __init__(self) -> None:
        self.counts: list[Tensor] = []
        self.chosen: list[Tensor] = []


class Model:
    """The part of the decoder on this rank: everything but the experts of other ranks."""

    def __init__(self, options: Options, rank: int, ranks: int, device: torch.device, dtype: torch.dtype) -> None:
        self._options, self._device, self._dtype, self._seed = options, device, dtype, options.seed
        shape = options.shape
        self.shape = shape
        self.embedding = self._random(1.0, 0, 0, shape.vocab, shape.hidden)
        self.head = self._random(shape.hidden**-0.5, 0, 1, shape.vocab, shape.hidden)
        self.layers = [self._layer(number, rank, ranks) for number in range(shape.layers)]
        self._turns = rotation(options.max_length, shape.head_dim, device)
        prompts = torch.Generator().manual_seed(self._stream(0, 2))
        size = (options.requests, options.input_len)
        self._prompts = torch.randint(shape.vocab, size, generator=prompts, dtype=torch.int32).to(device)
        self._noise = -torch.log(-torch.log(torch.rand(64, shape.vocab, device=device, generator=self._generator(0, 3)).clamp(1e-9, 1 - 1e-7)))
        # The last place takes what padding writes.
        places = (shape.layers, options.max_batch + 1, shape.kv_heads, options.max_length, shape.head_dim)
        self._keys = torch.zeros(places, device=device, dtype=dtype)
        self._values = torch.zeros(places, device=device, dtype=dtype)
        self._last = torch.zeros(options.max_batch + 1, device=device, dtype=torch.int64)

    def connect(self, experts: Experts, skew: Skew, perfect: PerfectRouter | None, ranges: Ranges) -> None:
        """Gives the model what its layers share."""
        self._experts, self._skew, self._perfect, self._ranges = experts, skew, perfect, ranges

    @property
    def parameters(self) -> int:
        tensors = [self.embedding, self.head]
        for layer in self.layers:
            tensors += [layer.qkv, layer.out, layer.sinks, layer.gate, layer.experts.gate_up, layer.experts.down]
        return sum(tensor.numel() for tensor in tensors)

    def _stream(self, layer: int, purpose: int) -> int:
        return hash_of(self._seed, layer, purpose) >> 1

    def _generator(self, layer: int, purpose: int) -> torch.Generator:
        return torch.Generator(self._device).manual_seed(self._stream(layer, purpose))

    def _random(self, deviation: float, layer: int, purpose: int, *size: int) -> Tensor:
        empty = torch.empty(size, device=self._device, dtype=self._dtype)
        return empty.normal_(0.0, deviation, generator=self._generator(layer, purpose))

    def _layer(self, number: int, rank: int, ranks: int) -> Layer:
        shape, local = self.shape, self.shape.experts // ranks
        wide, own = shape.hidden**-0.5, number + 1

        def expert(purpose: int, deviation: float, *size: int) -> Tensor:
            """Every expert has a stream of its own, so that their weights do not depend on the number of ranks."""
            block = torch.empty(local, *size, device=self._device, dtype=self._dtype)
            for index in range(local):
                generator = self._generator(own, purpose + rank * local + index)
                block[index].normal_(0.0, deviation, generator=generator)
            return block

        heads = (shape.heads + 2 * shape.kv_heads) * shape.head_dim
        return Layer(
            qkv=self._random(wide, own, 1, heads, shape.hidden),
            out=self._random((shape.heads * shape.head_dim) ** -0.5, own, 2, shape.hidden, shape.heads * shape.head_dim),
            sinks=self._random(1.0, own, 3, shape.heads),
            gate=self._random(wide, own, 4, shape.experts, shape.hidden),
            experts=ExpertWeights(
                expert(1_000, wide, 2 * shape.ffn, shape.hidden),
                expert(100_000, shape.ffn**-0.5, shape.hidden, shape.ffn),
            ),
        )

    def forward(self, inputs: Inputs, routed: Routed | None = None) -> Tensor:
        """Logits `[sampled, vocab]` of a batch; None as `sampled` means every row."""
        prompt = self._prompts[inputs.requests, inputs.positions.clamp(max=self._options.input_len - 1)]
        is_prompt = inputs.positions < self._options.input_len
        rows = self.embedding[torch.where(is_prompt, prompt.long(), self._last[inputs.slots])]
        turns = self._turns[:, inputs.positions]
        bias = self._skew.bias(inputs.iteration)
        for number, layer in enumerate(self.layers):
            with self._ranges.debug(f"layer {number}"):
                with self._ranges.debug("attention"):
                    rows = rows + self._attention(number, layer, self._norm(rows), inputs, turns)
                rows = rows + self._moe(layer, self._norm(rows), bias[number], inputs, routed)
        picked = rows if inputs.sampled is None else rows[inputs.sampled]
        return F.linear(self._norm(picked), self.head)

    def sample(self, logits: Tensor, requests: Tensor, positions: Tensor, slots: Tensor) -> Tensor:
        """Draws a token per row from its distribution, seeded by request and position, and keeps it for the next forward."""
        noise = self._noise[(requests * 31 + positions * 7) % self._noise.shape[0]]
        tokens = (logits.float() + noise).argmax(-1)
        self._last[slots] = tokens
        return tokens

    def _norm(self, rows: Tensor) -> Tensor:
        return F.rms_norm(rows, (rows.shape[-1],), eps=EPSILON)

    def _attention(self, number: int, layer: Layer, rows: Tensor, inputs: Inputs, turns: Tensor) -> Tensor:
        shape = self.shape
        sizes = [shape.heads, shape.kv_heads, shape.kv_heads]
        heads = F.linear(rows, layer.qkv).view(rows.shape[0], sum(sizes), shape.head_dim)
        query, key, value = heads.split(sizes, dim=1)
        query, key = rotate(query, turns), rotate(key, turns)
        keys, values = self._keys[number], self._values[number]
        keys[inputs.slots, :, inputs.positions] = key
        values[inputs.slots, :, inputs.positions] = value
        # One row more than the batch has: padding of segments ends there.
        mixed = rows.new_empty(rows.shape[0] + 1, shape.heads * shape.head_dim)
        for group in inputs.groups:
            found = attend(query, keys, values, layer.sinks, group, number)
            if group.rows is None:
                mixed[group.first_row : group.first_row + found.shape[0]] = found[:, 0]
            else:
                mixed[group.rows] = found
        return F.linear(mixed[:-1], layer.out)

    def _moe(self, layer: Layer, rows: Tensor, bias: Tensor, inputs: Inputs, routed: Routed | None) -> Tensor:
        with self._ranges.debug("router"):
            logits = F.linear(rows, layer.gate).float() + bias
            if self._perfect:
                logits = self._perfect.logits(rows.shape[0])
            chosen, shares = choose(logits, self.shape.top_k)
        if routed:
            kept = chosen[inputs.real.bool()]
            routed.chosen.append(kept)
            routed.counts.append(count_of(kept.flatten(), self.shape.experts))
        return self._experts.forward(layer.experts, rows, chosen, shares)
