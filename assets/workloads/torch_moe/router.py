# SPDX-License-Identifier: Apache-2.0
"""Which experts a token goes to: learned logits with a bias that makes some experts hot, or perfect balance.

The hot experts are neighbours, so that contiguous placement puts them on one rank, and they drift over iterations.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .perfect_router import COMMON_BATCH_SIZES, Planner
from .rng import unit

#: Width of the hot neighbourhood, as a share of all experts (standard deviation of the bell).
HOT_WIDTH = 0.14
#: Height of the fixed differences between single experts, relative to the skew.
EXPERT_SPREAD = 0.15


class Skew:
    """The bias of every expert of every layer, computed where the model runs."""

    def __init__(self, layers: int, experts: int, height: float, drift: float, seed: int, device: torch.device) -> None:
        centres = [[unit(seed, 100, layer)] for layer in range(layers)]
        spread = [[EXPERT_SPREAD * (2 * unit(seed, 101, layer, e) - 1) for e in range(experts)] for layer in range(layers)]
        self._centres = torch.tensor(centres, device=device, dtype=torch.float64)
        self._spread = torch.tensor(spread, device=device, dtype=torch.float32)
        self._places = ((torch.arange(experts, device=device, dtype=torch.float64) + 0.5) / experts)[None]
        self._height, self._drift = height, drift

    def bias(self, iteration: Tensor) -> Tensor:
        """Logits `[layers, experts]` to add in `iteration`, a tensor of one number."""
        distance = (self._places - (self._centres + self._drift * iteration) % 1.0).abs()
        distance = torch.minimum(distance, 1.0 - distance) / HOT_WIDTH
        return self._height * ((-0.5 * distance * distance).exp().float() + self._spread)


class PerfectRouter:
    """Logits that balance every batch, made on the CPU ahead for common sizes and moved on first use."""

    def __init__(self, planner: Planner, dtype: torch.dtype, device: torch.device, speaks: bool) -> None:
        self._planner, self._dtype, self._device = planner, dtype, device
        if speaks:
            say_plain(f"Precomputing perfect router logits for {len(COMMON_BATCH_SIZES)} common batch sizes{planner.suffix}...")
        self._made = {tokens: self._make(tokens) for tokens in COMMON_BATCH_SIZES}
        size = sum(logits.numel() * logits.element_size() for logits in self._made.values()) / (1 << 20)
        if speaks:
            say_plain(f"Perfect router cache initialized{planner.suffix}: {len(self._made)} entries, {size:.2f} MB memory usage")

    def logits(self, tokens: int) -> Tensor:
        """Logits `[tokens, experts]`."""
        made = self._made.get(tokens)
        if made is None or made.device != self._device:
            made = (self._make(tokens) if made is None else made).to(self._device)
            self._made[tokens] = made
        return made

    def _make(self, tokens: int) -> Tensor:
        planner = self._planner
        chosen = planner.expert_of_slot(torch.arange(tokens * planner.top_k)).view(tokens, planner.top_k)
        high, low = planner.levels
        logits = torch.full((tokens, planner.experts), low).scatter_(1, chosen, high)
        return (logits.softmax(-1) if planner.era == "e1" else logits).to(self._dtype)


def say_plain(text: str) -> None:
    """These two lines carry no prefix in TensorRT-LLM."""
    print(text, flush=True)


def choose(logits: Tensor, top_k: int) -> tuple[Tensor, Tensor]:
    """Experts `[tokens, top_k]` and their weights: the largest logits, then a softmax over those."""
    values, experts = torch.topk(logits, top_k, dim=-1)
    return experts, torch.softmax(values.float(), dim=-1)


__all__ = ["PerfectRouter", "Skew", "choose"]
