# SPDX-License-Identifier: Apache-2.0
"""--iteration_log: what every iteration did, in the fields of TensorRT-LLM's statistics, one printed dictionary a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .options import Options


@dataclass(frozen=True)
class IterationRecord:
    """The numbers of one iteration of one rank."""

    iteration: int
    epoch_s: float
    host_ms: float
    device_ms: float | None
    queue_ms: float
    admitted: int
    active: int
    queued: int
    completed: int
    context: tuple[int, int, int]
    generation: tuple[int, int]
    taken_slots: int
    gpu_bytes: int


def line_of(record: IterationRecord, options: Options, rank: int, all_ranks: bool, sequence: int) -> str:
    """The line of the file; `sequence` counts the lines of the rank."""
    entries = _common(record, options)
    if options.era != "e1":
        entries |= _late(record, options, rank)
        entries["inflightBatchingStats"] |= _late_batching(record, options)
        if all_ranks:
            entries["rank"] = rank
    if options.era == "e3":
        entries |= {"statsSequence": sequence, "statsDroppedFrames": 0}
    return repr(entries)


def _common(record: IterationRecord, options: Options) -> dict[str, Any]:
    when = datetime.fromtimestamp(record.epoch_s, timezone.utc).strftime("%m-%d-%Y %H:%M:%S.%f")
    requests, tokens, _ = record.context
    return {
        "timestamp": when,
        "iter": record.iteration,
        "iterLatencyMS": record.host_ms,
        "newActiveRequestsQueueLatencyMS": record.queue_ms,
        "numNewActiveRequests": record.admitted,
        "numActiveRequests": record.active,
        "numQueuedRequests": record.queued,
        "numCompletedRequests": record.completed,
        "maxNumActiveRequests": options.max_batch,
        "maxBatchSizeStatic": options.max_batch,
        "maxBatchSizeTunerRecommended": 0,
        "maxBatchSizeRuntime": options.max_batch,
        "maxNumTokensStatic": options.max_tokens,
        "maxNumTokensTunerRecommended": 0,
        "maxNumTokensRuntime": options.max_tokens,
        "gpuMemUsage": record.gpu_bytes,
        "cpuMemUsage": 0,
        "pinnedMemUsage": 0,
        "kvCacheStats": _cache(record, options),
        "staticBatchingStats": None,
        "inflightBatchingStats": {
            "numScheduledRequests": requests + record.generation[0],
            "numContextRequests": requests,
            "numGenRequests": record.generation[0],
            "numPausedRequests": 0,
            "numCtxTokens": tokens,
            "microBatchId": 0,
            "avgNumDecodedTokensPerIter": 0.0,
        },
        "specDecodingStats": None,
    }


def _cache(record: IterationRecord, options: Options) -> dict[str, Any]:
    """The cache has one block per sequence."""
    used = record.active - record.completed
    return {
        "maxNumBlocks": options.max_batch,
        "freeNumBlocks": options.max_batch - used,
        "usedNumBlocks": used,
        "tokensPerBlock": options.max_length,
        "allocTotalBlocks": record.taken_slots,
        "allocNewBlocks": record.taken_slots,
        "reusedBlocks": 0,
        "missedBlocks": record.taken_slots,
        "cacheHitRate": 0.0,
    }


def _late(record: IterationRecord, options: Options, rank: int) -> dict[str, Any]:
    return {
        "attentionDpRank": rank,
        "hostStepTimeMS": record.host_ms,
        "prevDeviceStepTimeMS": record.device_ms,
        "gpuForwardTimeMS": None,
        "schedulerMode": "overlap" if options.overlap else "non_overlap",
    }


def _late_batching(record: IterationRecord, options: Options) -> dict[str, Any]:
    return {
        "numCtxKvTokens": record.context[2],
        "numGenKvTokens": record.generation[1],
        "numQueuedContextRequests": record.queued,
        "numQueuedCtxTokens": record.queued * options.input_len,
        "numQueuedGenRequests": 0,
        "numQueuedGenKvTokens": 0,
        "numPausedKvTokens": 0,
    }
