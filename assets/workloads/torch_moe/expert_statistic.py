# SPDX-License-Identifier: Apache-2.0
"""EXPERT_STATISTIC_*: tokens per expert, layer and iteration, in TensorRT-LLM's files.

They are written when the forward of iteration `stop` runs, so a run that is too short writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from .errors import write_failed
from .safetensors_file import write_int64


class ExpertStatistic:
    """The counters of one rank."""

    def __init__(self, span: tuple[int, int], folder: str, rank: int, experts: int, top_k: int, raw: bool) -> None:
        self._start, self._stop = span
        self._folder = Path(folder)
        self._rank = rank
        self._experts = experts
        self._top_k = top_k
        self._raw = raw
        self._counts: dict[str, Sequence[int]] = {}
        self._ids: dict[str, Sequence[int]] = {}

    def counts_in(self, iteration: int) -> bool:
        return self._start <= iteration < self._stop

    def keeps_ids(self) -> bool:
        return self._raw

    def record(self, iteration: int, counts: Sequence[Sequence[int]], ids: Sequence[Sequence[int]] | None) -> None:
        """Counts `[layers][experts]` of one iteration, and the expert of every slot of every layer where they are kept."""
        for layer, row in enumerate(counts):
            self._counts[f"{iteration}_{layer}"] = row
        for layer, chosen in enumerate(ids or ()):
            self._ids[f"{iteration}_{layer}"] = chosen

    def write_if_due(self, iteration: int) -> str | None:
        """Called after every forward; writes in iteration `stop` and returns the line for the log."""
        if iteration != self._stop:
            return None
        try:
            self._write()
        except OSError as reason:
            raise write_failed("the expert statistics", self._folder, reason) from reason
        return (
            f"[ExpertStatistic] Rank={self._rank}, saving iter={iteration}, start={self._start}, stop={self._stop}"
        )

    def _write(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._rank == 0:
            meta = {"num_experts": self._experts, "num_experts_per_token": self._top_k} if self._counts else None
            (self._folder / "meta_info.json").write_text(json.dumps(meta))
        write_int64(self._folder / f"rank{self._rank}.safetensors", self._counts)
        if self._raw:
            write_int64(self._folder / f"rank{self._rank}_raw.safetensors", self._ids)
