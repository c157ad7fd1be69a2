# SPDX-License-Identifier: Apache-2.0
"""ENABLE_PERFECT_ROUTER: which expert every slot of a batch goes to, so that ranks and experts get the same load.

In era e1 every rank emits the same stream of experts, which starts at rank 0; later eras rotate it by the rank.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: Batch sizes, in tokens, whose logits are made ahead.
COMMON_BATCH_SIZES = (
    1, 2, 4, 8, 16, 32, 64, 128, 256, 384, 512, 640, 768, 1024, 1536, 2048, 3072, 4096, 5120, 6144, 7168, 8192,
)  # fmt: skip


@dataclass(frozen=True)
class Planner:
    """What decides the stream of experts; `experts` is a multiple of `ranks`."""

    era: str
    experts: int
    top_k: int
    ranks: int
    rank: int

    def expert_of_slot(self, slot: Any) -> Any:
        """The expert of a slot, or of each slot of an integer tensor; token t owns the slots from t * top_k."""
        if self.era != "e1":
            slot = slot + self.rank
        per_rank = self.experts // self.ranks
        return (slot % self.ranks) * per_rank + (slot // self.ranks) % per_rank

    @property
    def levels(self) -> tuple[float, float]:
        """Logits of chosen experts and of the others, before era e1's softmax."""
        return (7.5, 0.5) if self.era == "e1" else (10.0, -10.0)

    @property
    def suffix(self) -> str:
        """What later eras add to the log's lines."""
        return "" if self.era == "e1" else f" (ep_rank={self.rank})"
