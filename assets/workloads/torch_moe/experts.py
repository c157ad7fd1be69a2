# SPDX-License-Identifier: Apache-2.0
"""The experts of a layer: SwiGLU as two grouped GEMMs, on this rank or exchanged with others."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor

from .ranges import Ranges

#: GPT-OSS clamps its activations and scales the sigmoid.
LIMIT, ALPHA = 7.0, 1.702


@dataclass(frozen=True)
class ExpertWeights:
    """Of the experts of this rank: `[experts, 2 * ffn, hidden]` and `[experts, hidden, ffn]`."""

    gate_up: Tensor
    down: Tensor


def grouped_works(device: torch.device, dtype: torch.dtype) -> bool:
    """Whether PyTorch has a grouped GEMM for this device and type."""
    try:
        rows = torch.ones(16, 32, device=device, dtype=dtype)
        weights = torch.ones(2, 32, 32, device=device, dtype=dtype)
        ends = torch.tensor([4, 16], device=device, dtype=torch.int32)
        torch._grouped_mm(rows, weights.transpose(-2, -1), offs=ends)
        return True
    except (AttributeError, NotImplementedError, RuntimeError):
        return False


def _matmul(rows: Tensor, weights: Tensor, ends: Tensor, grouped: bool) -> Tensor:
    """Rows of expert e, which end at `ends[e]`, times its weights `[out, in]`."""
    if grouped:
        return torch._grouped_mm(rows, weights.transpose(-2, -1), offs=ends)
    out = rows.new_zeros(rows.shape[0], weights.shape[1])
    first = 0
    for expert, end in enumerate(ends.tolist()):
        if end > first:
            out[first:end] = rows[first:end] @ weights[expert].T
        first = end
    return out


def swiglu(gate_up: Tensor) -> Tensor:
    """`[rows, 2 * ffn]` to `[rows, ffn]`."""
    gate, up = gate_up.chunk(2, dim=-1)
    gate, up = gate.clamp(max=LIMIT), up.clamp(-LIMIT, LIMIT)
    return gate * torch.sigmoid(ALPHA * gate) * (up + 1)


class Experts:
    """Sends rows to their experts and back. With several ranks the sizes are read by the host: no graphs then."""

    def __init__(self, experts: int, ranks: int, grouped: bool, ranges: Ranges) -> None:
        self._experts, self._ranks, self._grouped, self._ranges = experts, ranks, grouped, ranges

    def forward(self, weights: ExpertWeights, rows: Tensor, chosen: Tensor, shares: Tensor) -> Tensor:
        """`rows` [tokens, hidden], `chosen` and `shares` [tokens, top_k] to [tokens, hidden]."""
        tokens, top_k = chosen.shape
        flat = chosen.flatten()
        order = torch.argsort(flat, stable=True)
        counts = count_of(flat, self._experts)
        sent = rows[order // top_k]
        with self._ranges.debug("experts"):
            if self._ranks == 1:
                done = self._compute(weights, sent, counts)
            else:
                done = self._exchanged(weights, sent, counts)
        slots = torch.empty_like(done)
        slots[order] = done
        return (slots.view(tokens, top_k, -1) * shares[:, :, None].to(done.dtype)).sum(1)

    def _compute(self, weights: ExpertWeights, rows: Tensor, counts: Tensor) -> Tensor:
        ends = counts.cumsum(0).to(torch.int32)
        inner = swiglu(_matmul(rows, weights.gate_up, ends, self._grouped))
        return _matmul(inner, weights.down, ends, self._grouped)

    def _exchanged(self, weights: ExpertWeights, rows: Tensor, counts: Tensor) -> Tensor:
        """Rows sorted by expert go to the ranks of their experts and come back in the same order."""
        local = self._experts // self._ranks
        received = torch.empty_like(counts)
        with self._ranges.debug("all_to_all sizes"):
            dist.all_to_all_single(received, counts)
        out_sizes = counts.view(self._ranks, local).sum(1).tolist()
        in_sizes = received.view(self._ranks, local).sum(1).tolist()
        with self._ranges.debug("all_to_all dispatch"):
            arrived = rows.new_empty(sum(in_sizes), rows.shape[1])
            dist.all_to_all_single(arrived, rows.contiguous(), in_sizes, out_sizes)
        expert = torch.arange(local, device=rows.device).repeat(self._ranks).repeat_interleave(received)
        order = torch.argsort(expert, stable=True)
        computed = self._compute(weights, arrived[order], received.view(self._ranks, local).sum(0))
        back = torch.empty_like(computed)
        back[order] = computed
        with self._ranges.debug("all_to_all combine"):
            done = torch.empty_like(rows)
            dist.all_to_all_single(done, back, out_sizes, in_sizes)
        return done


def count_of(chosen: Tensor, experts: int) -> Tensor:
    """How often each expert occurs; unlike bincount without reading anything back."""
    counts = torch.zeros(experts, device=chosen.device, dtype=torch.int64)
    return counts.scatter_add_(0, chosen, torch.ones_like(chosen))
