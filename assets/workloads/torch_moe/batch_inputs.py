# SPDX-License-Identifier: Apache-2.0
"""From a planned batch to tensors where the model runs: one copy to the device, then views of it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .attention import Group, masks_of
from .model import Inputs
from .options import Options
from .scheduler import Batch, Segment

#: Keys are read in multiples of this, so that shapes repeat.
KEY_STEP = 64


@dataclass(frozen=True)
class Sampled:
    """Who gets a token: request, position and place of each."""

    requests: Tensor
    positions: Tensor
    slots: Tensor


class Staging:
    """Collects numbers on the host and moves them in one copy that the host does not wait for."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._values: list[int] = []
        self._lengths: list[int] = []

    def add(self, values: list[int]) -> None:
        self._values += values
        self._lengths.append(len(values))

    def move(self) -> tuple[Tensor, ...]:
        """The vectors in the order in which they were added."""
        pinned = self._device.type == "cuda"
        host = torch.tensor(self._values, dtype=torch.int64, pin_memory=pinned)
        parts: tuple[Tensor, ...] = host.to(self._device, non_blocking=True).split(self._lengths)
        return parts


def _rounded(keys: int, options: Options) -> int:
    return min(-(-keys // KEY_STEP) * KEY_STEP, options.max_length)


def _context_group(context: list[Segment]) -> tuple[list[int], list[int], int]:
    """Rows and positions [segments * longest] of prompts; padding is row `tokens`, at the segment's last position."""
    longest = max(segment.length for segment in context)
    behind = -1
    rows: list[int] = []
    positions: list[int] = []
    row = 0
    for segment in context:
        pad = longest - segment.length
        rows += [*range(row, row + segment.length), *[behind] * pad]
        positions += [*range(segment.first, segment.end), *[segment.end - 1] * pad]
        row += segment.length
    return rows, positions, longest


def stage(batch: Batch, iteration: int, options: Options, device: torch.device, dtype: torch.dtype) -> tuple[Inputs, Sampled]:
    """Inputs of a batch, and of its sampled rows; a batch without tokens becomes one row of padding."""
    segments = batch.segments
    requests: list[int] = []
    positions: list[int] = []
    slots: list[int] = []
    sampled: list[int] = []
    for segment in segments:
        requests += [segment.request.id] * segment.length
        positions += range(segment.first, segment.end)
        slots += [segment.request.slot] * segment.length
        if segment.samples:
            sampled.append(len(requests) - 1)
    real = [1] * len(requests)
    if not segments:
        requests, positions, slots, real = [0], [0], [options.max_batch], [0]
    rows, padded, longest = _context_group(batch.context) if batch.context else ([], [], 1)
    rows = [len(requests) if row < 0 else row for row in rows]
    staging = Staging(device)
    for values in (requests, positions, slots, real, sampled, [iteration], rows, padded):
        staging.add(values)
    staging.add([segment.request.slot for segment in batch.context])
    staging.add([requests[row] for row in sampled])
    staging.add([positions[row] for row in sampled])
    staging.add([slots[row] for row in sampled])
    moved = staging.move()
    groups, first = [], batch.context_tokens
    if batch.context:
        keys = _rounded(max(segment.end for segment in batch.context), options)
        shaped = moved[7].view(-1, longest)
        groups.append(Group(moved[8], moved[6].view(-1, longest), 0, keys, masks_of(shaped, keys, dtype)))
    if batch.generation or not segments:
        keys = _rounded(max(positions[first:]) + 1, options)
        masks = masks_of(moved[1][first:, None], keys, dtype)
        groups.append(Group(moved[2][first:], None, first, keys, masks))
    inputs = Inputs(moved[0], moved[1], moved[2], moved[4], moved[3], tuple(groups), moved[5])
    return inputs, Sampled(moved[9], moved[10], moved[11])
