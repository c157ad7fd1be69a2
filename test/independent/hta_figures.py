# SPDX-License-Identifier: Apache-2.0
"""Figures of HolisticTraceAnalysis 0.5.0 for traces, in nanoseconds, as one JSON document.

    python3 -m venv v && v/bin/pip install HolisticTraceAnalysis==0.5.0
    v/bin/python test/independent/hta_figures.py test/fixtures/hta/drawn.json \
        test/fixtures/traces/{kineto-h100-*,h100-workload-*}.json.gz > test/fixtures/hta/figures.json

HTA counts microseconds as doubles; every figure here is a whole number of nanoseconds again, so rounding
is exact. Beside the 10^12 microseconds at which recordings begin a double has no room for nanoseconds: HTA gets the same
events with the earliest one at 0.
"""

import contextlib
import gzip
import json
import logging
import os
import sys
import tempfile
from decimal import Decimal

os.environ["HTA_DISABLE_NS_ROUNDING"] = "1"

with contextlib.redirect_stdout(sys.stderr):
    from hta.trace_analysis import TraceAnalysis

logging.disable(logging.CRITICAL)


def ns(microseconds):
    return round(float(microseconds) * 1000)


def idle(trace):
    """Without HTA's rounding to two decimals, which loses nanoseconds."""
    from hta.analyzers.breakdown_analysis import BreakdownAnalysis
    from hta.utils.utils import IdleTimeType

    names = {kind.value: kind.name.lower() for kind in IdleTimeType}
    frame = trace.get_trace(0)
    ids = trace.symbol_table.get_sym_id_map()
    kept = [ids.get(name, -1000) for name in ("kernel", "gpu_memset", "gpu_memcpy")]
    before = frame[frame["stream"].ne(-1) & frame["cat"].isin(kept)].copy().set_index("index_correlation")
    kernels = before.join(frame[["ts", "index"]], on="index_correlation", rsuffix="_runtime")
    streams = {}
    for stream in sorted(kernels.stream.unique()):
        table, _ = BreakdownAnalysis._analyze_idle_time_for_stream(stream, kernels, 30)
        streams[str(int(stream))] = {names[row.Index]: ns(row.idle_time) for row in table.itertuples()}
    return streams


def launches(analysis):
    table = analysis.get_cuda_kernel_launch_stats(ranks=[0], include_memory_events=True, visualize=False)[0]
    delays = [ns(value) for value in table["launch_delay"]]
    return {"count": len(delays), "totalNs": sum(delays), "maxNs": max(delays), "zeroCount": delays.count(0)}


def queues(analysis):
    try:
        series = analysis.get_queue_length_time_series(ranks=[0])[0]
    except AssertionError:
        return None
    return {
        str(int(stream)): {
            "changes": len(rows), "max": int(rows["queue_length"].max()), "sum": int(rows["queue_length"].sum()),
            "last": int(rows["queue_length"].iloc[-1]),
        }
        for stream, rows in series.groupby("stream")
    }


def breakdown(analysis):
    row = analysis.get_temporal_breakdown(visualize=False).iloc[0]
    kinds = ("idle", "compute", "non_compute", "kernel")
    return {kind: ns(row[f"{kind}_time(us)"]) for kind in kinds}


def overlap(analysis):
    value = float(analysis.get_comm_comp_overlap(visualize=False)["comp_comm_overlap_pctg"].iloc[0])
    return None if value != value else value


def at_zero(path, folder):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt") as source:
        trace = json.load(source, parse_float=Decimal)
    timed = [event for event in trace["traceEvents"] if "ts" in event]
    origin = min(Decimal(event["ts"]) for event in timed)
    for event in timed:
        event["ts"] = float(Decimal(event["ts"]) - origin)
    target = os.path.join(folder, "trace.json")
    with open(target, "w") as file:
        json.dump(trace, file, default=float)
    return target


def figures(path):
    with contextlib.redirect_stdout(sys.stderr), tempfile.TemporaryDirectory() as folder:
        analysis = TraceAnalysis(trace_files={0: at_zero(path, folder)}, trace_dir=".")
        return {
            "idle": idle(analysis.t), "launches": launches(analysis), "queues": queues(analysis),
            "breakdown": breakdown(analysis), "overlapPercent": overlap(analysis),
        }


print(json.dumps({os.path.basename(path): figures(path) for path in sys.argv[1:]}, indent=2))
