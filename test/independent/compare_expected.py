# SPDX-License-Identifier: Apache-2.0
"""Writes what the statistics of comparisons are held to, with SciPy: test/fixtures/compare/expected.json.

Usage: python3 test/independent/compare_expected.py > test/fixtures/compare/expected.json
"""

import json
import math
import random
import sys

from scipy import stats


def quantiles():
    probabilities = [0.5, 0.6, 0.8, 0.9, 0.95, 0.975, 0.99, 0.9975, 0.999, 0.9999]
    freedoms = [1, 2, 3, 4, 7, 10, 30, 199, 1000]
    return [[p, df, float(stats.t.ppf(p, df))] for df in freedoms for p in probabilities + [0.025, 0.001]]


def effects():
    generator = random.Random(7)
    rows = []
    for blocks in (2, 3, 5, 8, 20):
        for alpha in (0.05, 0.01):
            a = [generator.uniform(900, 1100) for _ in range(blocks)]
            b = [generator.uniform(950, 1250) for _ in range(blocks)]
            logs_a, logs_b = [math.log(x) for x in a], [math.log(x) for x in b]
            interval = stats.ttest_rel(logs_b, logs_a).confidence_interval(1 - alpha)
            rows.append(
                {
                    "a": a,
                    "b": b,
                    "alpha": alpha,
                    "ratio": math.expm1(sum(y - x for x, y in zip(logs_a, logs_b)) / blocks),
                    "low": math.expm1(float(interval.low)),
                    "high": math.expm1(float(interval.high)),
                }
            )
    return rows


json.dump({"quantiles": quantiles(), "effects": effects()}, sys.stdout, indent=1)
print()
