#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Figures of an Nsight Systems SQLite export, computed with sqlite3 alone and by other means than Iterscope's.

Prints one JSON document: counts and nanoseconds, nothing rounded. Times are the report's own, from its time zero.
"""

import bisect
import gzip
import json
import re
import sqlite3
import sys
import tempfile
from collections import defaultdict

MARKER = re.compile(
    r"\[Executor\] _forward_step (\d+): (\d+) ctx reqs, (?:(\d+) ctx tokens, )?(\d+) gen reqs$"
)
DEVICE_TABLES = {
    "kernel": "CUPTI_ACTIVITY_KIND_KERNEL",
    "memcpy": "CUPTI_ACTIVITY_KIND_MEMCPY",
    "memset": "CUPTI_ACTIVITY_KIND_MEMSET",
}
SLICE_TABLES = list(DEVICE_TABLES.values()) + [
    "CUPTI_ACTIVITY_KIND_SYNCHRONIZATION",
    "CUPTI_ACTIVITY_KIND_RUNTIME",
    "PROFILER_OVERHEAD",
]


def union(spans):
    """Length of the union of spans, by a sweep over their edges."""
    edges = sorted([(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans])
    total, open_spans, since = 0, 0, 0
    for time, step in edges:
        if open_spans > 0:
            total += time - since
        open_spans += step
        since = time
    return total


def clipped(spans, start, end):
    return [(max(a, start), min(b, end)) for a, b in spans if max(a, start) < min(b, end)]


class Report:
    def __init__(self, path):
        if path.endswith(".gz"):
            plain = tempfile.NamedTemporaryFile(suffix=".sqlite")
            with gzip.open(path, "rb") as packed:
                plain.write(packed.read())
            plain.flush()
            self.kept = plain
            path = plain.name
        self.database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.tables = {name for (name,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}

    def rows(self, query, *values):
        return self.database.execute(query, values).fetchall()

    def count(self, table):
        return self.rows(f"SELECT count(*) FROM {table}")[0][0] if table in self.tables else 0

    def ranges(self):
        """Name, start, end, thread and domain of each finished NVTX range."""
        if "NVTX_EVENTS" not in self.tables:
            return []
        return self.rows(
            "SELECT coalesce(n.text, s.value), n.start, n.end, n.globalTid, n.domainId FROM NVTX_EVENTS n"
            " LEFT JOIN StringIds s ON s.id = n.textId JOIN ENUM_NSYS_EVENT_TYPE t ON t.id = n.eventType"
            " WHERE t.name IN ('NvtxPushPopRange', 'NvtxStartEndRange') AND n.end IS NOT NULL"
        )


def device_figures(report):
    figures = {"kernels": 0, "kernelNs": 0, "memcpyNs": 0, "memsetNs": 0}
    busy = defaultdict(list)
    streams = defaultdict(lambda: [0, 0])
    for kind, table in DEVICE_TABLES.items():
        if table not in report.tables:
            continue
        for device, stream, start, end in report.rows(f"SELECT deviceId, streamId, start, end FROM {table}"):
            busy[device].append((start, end))
            figures[f"{kind}Ns"] += end - start
            if kind == "kernel":
                figures["kernels"] += 1
                streams[stream][0] += 1
                streams[stream][1] += end - start
    figures["busyNs"] = {str(device): union(spans) for device, spans in sorted(busy.items())}
    figures["kernelsByStream"] = {str(stream): value for stream, value in sorted(streams.items())}
    return figures


def step_figures(report):
    ranges = report.ranges()
    marked = sorted(
        (start, end, [int(number) if number else None for number in match.groups()])
        for text, start, end, _, _ in ranges
        if (match := MARKER.match(text or ""))
    )
    starts = [start for start, _, _ in marked]
    windows = [
        (start, marked[at + 1][0] if at + 1 < len(marked) else end) for at, (start, end, _) in enumerate(marked)
    ]

    def step_of(time):
        at = bisect.bisect_right(starts, time) - 1
        return at if at >= 0 and time < windows[at][1] else None

    launched = {}
    calls = [0] * len(marked)
    for correlation, start in report.rows("SELECT correlationId, start FROM CUPTI_ACTIVITY_KIND_RUNTIME"):
        launched[correlation] = min(start, launched.get(correlation, start))
        if (step := step_of(start)) is not None:
            calls[step] += 1
    kernels = [[0, 0] for _ in marked]
    activities = [[] for _ in marked]
    for kind, table in DEVICE_TABLES.items():
        if table not in report.tables:
            continue
        for correlation, start, end in report.rows(f"SELECT correlationId, start, end FROM {table}"):
            step = step_of(launched[correlation]) if correlation in launched else None
            if step is None:
                continue
            activities[step].append((start, end))
            if kind == "kernel":
                kernels[step][0] += 1
                kernels[step][1] += end - start
    collections = [(a, b) for text, a, b, _, _ in ranges if (text or "").lower().startswith("python gc")]
    holding = [(a, b) for text, a, b, _, _ in ranges if text == "Holding GIL"]
    steps = []
    for at, (start, end) in enumerate(windows):
        index, context, tokens, generation = marked[at][2]
        steps.append(
            {
                "index": index,
                "contextRequests": context,
                "contextTokens": tokens,
                "generationRequests": generation,
                "windowNs": end - start,
                "gpuBusyNs": union(activities[at]),
                "kernelCount": kernels[at][0],
                "kernelTimeNs": kernels[at][1],
                "gcNs": union(clipped(collections, start, end)),
                "gilHeldNs": union(clipped(holding, start, end)) if holding else None,
            }
        )
    return steps


def main(path):
    report = Report(path)
    slices = sum(report.count(table) for table in SLICE_TABLES) + len(report.ranges())
    nvtx = report.rows("SELECT count(*) FROM NVTX_EVENTS")[0][0] if "NVTX_EVENTS" in report.tables else 0
    # Texts of the importer before 2024, a table of warnings (severity 2) and errors since.
    errors = report.rows("SELECT count(*) FROM StringIds WHERE value LIKE 'Error when processing events%'")[0][0]
    if "DIAGNOSTIC_EVENT" in report.tables:
        errors += report.rows("SELECT count(*) FROM DIAGNOSTIC_EVENT WHERE severity >= 2")[0][0]
    print(
        json.dumps(
            {
                "slices": slices,
                "nvtxEvents": nvtx,
                "apiCalls": report.count("CUPTI_ACTIVITY_KIND_RUNTIME"),
                "device": device_figures(report),
                "steps": step_figures(report),
                "diagnostics": errors,
                "wallClockNs": str(report.rows("SELECT utcEpochNs FROM TARGET_INFO_SESSION_START_TIME")[0][0]),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
