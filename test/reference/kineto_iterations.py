# SPDX-License-Identifier: Apache-2.0
"""Figures of the iterations of a Kineto trace, from its JSON alone, for comparison with what Iterscope says.

Standard library only and no code of Iterscope. Prints one JSON document: times are integer nanoseconds from
the first slice. Usage: python3 kineto_iterations.py TRACE.json.gz
"""
import gzip
import json
import re
import sys
from bisect import bisect_right
from decimal import Decimal

MARKER = re.compile(r"\[Executor\] _forward_step (\d+): ")
DEVICE_WORK = ("kernel", "gpu_memcpy", "gpu_memset")


def ns(microseconds):
    return int(Decimal(microseconds) * 1000)


def covered(spans):
    total, reached = 0, None
    for start, end in sorted(spans):
        if reached is None or end > reached:
            total += end - (start if reached is None else max(start, reached))
            reached = end
    return total


def nearest_rank(values, percent):
    ordered = sorted(values)
    return ordered[-(-len(ordered) * percent // 100) - 1]


def idle_causes(work, window):
    causes = {"host": 0, "kernelGap": 0, "dependency": 0, "unknown": 0}
    reached = float("-inf")
    for start, end, launch, _ in work:
        if start > reached:
            inside = min(start, window[1]) - max(reached, window[0])
            if inside > 0:
                if launch is None:
                    causes["unknown"] += inside
                elif launch > reached:
                    causes["host"] += inside
                else:
                    causes["kernelGap" if start - reached < 30_000 else "dependency"] += inside
        reached = max(reached, end)
    causes["unknown"] += max(0, window[1] - max(reached, window[0]))
    return causes


def main(path):
    with gzip.open(path) as file:
        document = json.load(file, parse_float=Decimal, parse_int=Decimal)
    slices = [event for event in document["traceEvents"] if event["ph"] == "X"]
    origin = min(ns(event["ts"]) for event in slices)
    calls, markers, work = {}, [], []
    for event in slices:
        start = ns(event["ts"]) - origin
        correlation = event.get("args", {}).get("correlation")
        if event.get("cat") in ("cuda_runtime", "cuda_driver") and correlation:
            calls[correlation] = min(start, calls.get(correlation, start))
        found = MARKER.match(event["name"])
        if found and event.get("cat") == "user_annotation":
            markers.append((start, start + ns(event["dur"]), int(found.group(1))))
    for event in slices:
        if event.get("cat") in DEVICE_WORK:
            start = ns(event["ts"]) - origin
            correlation = event["args"].get("correlation")
            work.append((start, start + ns(event["dur"]), calls.get(correlation), event))
    markers.sort()
    work.sort(key=lambda item: item[:2])
    starts = [marker[0] for marker in markers]
    limit = markers[-1][1]
    owned = [[] for _ in markers]
    for item in work:
        if item[2] is not None and starts[0] <= item[2] < limit:
            owned[bisect_right(starts, item[2]) - 1].append(item)
    firsts = [min(item[0] for item in items) for items in owned]
    iterations = []
    for position, (start, _, index) in enumerate(markers):
        items = owned[position]
        is_last = position + 1 == len(markers)
        end = limit if is_last else starts[position + 1]
        window = (firsts[position], max(item[1] for item in items) if is_last else firsts[position + 1])
        delays = {}
        for item in items:
            correlation = item[3]["args"]["correlation"]
            delays[correlation] = min(item[0] - item[2], delays.get(correlation, item[0] - item[2]))
        kernels = [item for item in items if item[3]["cat"] == "kernel"]
        iterations.append({
            "index": index, "startNs": start, "endNs": end,
            "gpuStartNs": window[0], "gpuEndNs": window[1], "shiftNs": window[0] - start,
            "gpuBusyNs": covered([item[:2] for item in items]),
            "kernelCount": len(kernels), "kernelTimeNs": sum(item[1] - item[0] for item in kernels),
            "idle": idle_causes(work, window),
            "delayCount": len(delays), "delayTotalNs": sum(delays.values()),
            "delayMedianNs": nearest_rank(delays.values(), 50), "delayP95Ns": nearest_rank(delays.values(), 95),
        })
    print(json.dumps(iterations))


main(sys.argv[1])
