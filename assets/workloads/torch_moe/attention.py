# SPDX-License-Identifier: Apache-2.0
"""Grouped-query attention over a cache with one place per running request, with sinks and sliding windows as GPT-OSS has."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

#: Every second layer sees so many tokens back.
WINDOW = 128
ROPE_BASE = 150_000.0


@dataclass(frozen=True)
class Group:
    """Segments of one forward, padded to one length.

    `rows` [segments, length] are rows of the batch, padding points behind its last row; None where segment s is row
    `first_row + s`. `masks` are added to scores [segments, length, keys]: all keys, and those of the window.
    """

    slots: Tensor
    rows: Tensor | None
    first_row: int
    keys: int
    masks: tuple[Tensor, Tensor]


def masks_of(positions: Tensor, keys: int, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """What queries at `positions` [segments, length] may see of the first `keys` places."""
    places = torch.arange(keys, device=positions.device)
    ahead = places > positions[..., None]
    far = ahead | (places <= positions[..., None] - WINDOW)
    nothing = torch.zeros((), device=positions.device, dtype=dtype)
    return tuple(torch.where(hidden, float("-inf"), nothing).to(dtype) for hidden in (ahead, far))


def rotation(length: int, width: int, device: torch.device) -> Tensor:
    """Angles `[length, width / 2]` as unit complex numbers in two planes [2, length, width / 2]."""
    rates = ROPE_BASE ** (-torch.arange(0, width, 2, device=device, dtype=torch.float32) / width)
    angles = torch.arange(length, device=device, dtype=torch.float32)[:, None] * rates
    return torch.stack([angles.cos(), angles.sin()])


def rotate(heads: Tensor, turns: Tensor) -> Tensor:
    """Turns `heads` [tokens, heads, width] by `turns` [2, tokens, width / 2]."""
    cos, sin = turns[:, :, None].to(heads.dtype)
    a, b = heads.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


def attend(query: Tensor, keys: Tensor, values: Tensor, sinks: Tensor, group: Group, layer: int) -> Tensor:
    """`query` [tokens, heads, width] over caches [slots, kv_heads, places, width] to [segments, length, heads * width]."""
    segments, (heads, width), kv_heads = group.slots.shape[0], query.shape[1:], keys.shape[1]
    if group.rows is None:
        asked = query[group.first_row : group.first_row + segments, None]
    else:
        asked = query[group.rows.clamp(max=query.shape[0] - 1)]
    length, share = asked.shape[1], heads // kv_heads
    asked = asked.view(segments, length, kv_heads, share, width).permute(0, 2, 3, 1, 4)
    asked = asked.reshape(segments, kv_heads, share * length, width)
    known, held = keys[group.slots, :, : group.keys], values[group.slots, :, : group.keys]
    scores = torch.matmul(asked * width**-0.5, known.transpose(-1, -2))
    scores = scores.view(segments, kv_heads, share, length, group.keys) + group.masks[layer % 2][:, None, None]
    sink = sinks.view(1, kv_heads, share, 1, 1).expand(segments, -1, -1, length, 1)
    weights = torch.softmax(torch.cat([scores, sink], -1), dim=-1, dtype=torch.float32)[..., :-1]
    weights = weights.to(held.dtype).reshape(segments, kv_heads, share * length, group.keys)
    mixed = torch.matmul(weights, held).view(segments, kv_heads, share, length, width)
    return mixed.permute(0, 3, 1, 2, 4).reshape(segments, length, heads * width)
