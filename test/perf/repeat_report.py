#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Repeats a report in time, with fresh correlations, until it holds a number of records; prints how many it holds.

Usage: repeat_report.py SOURCE.sqlite.gz TARGET.sqlite RECORDS
"""

import gzip
import sqlite3
import sys

TABLES = [
    "CUPTI_ACTIVITY_KIND_KERNEL",
    "CUPTI_ACTIVITY_KIND_MEMCPY",
    "CUPTI_ACTIVITY_KIND_MEMSET",
    "CUPTI_ACTIVITY_KIND_SYNCHRONIZATION",
    "CUPTI_ACTIVITY_KIND_RUNTIME",
    "NVTX_EVENTS",
]
PERIOD_NS = 300_000_000


def main(source, target, records):
    with gzip.open(source, "rb") as packed, open(target, "wb") as plain:
        plain.write(packed.read())
    database = sqlite3.connect(target)
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    counts = {table: database.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0] for table in TABLES}
    (correlations,) = database.execute("SELECT max(correlationId) FROM CUPTI_ACTIVITY_KIND_RUNTIME").fetchone()
    copies = -(-records // sum(counts.values()))
    for table in TABLES:
        names = [name for _, name, *_ in database.execute(f"PRAGMA table_info({table})")]
        for copy in range(1, copies):
            later = {"start": copy * PERIOD_NS, "end": copy * PERIOD_NS, "correlationId": copy * correlations}
            shifted = ", ".join(f'"{name}" + {later[name]}' if name in later else f'"{name}"' for name in names)
            database.execute(f"INSERT INTO {table} SELECT {shifted} FROM {table} WHERE rowid <= {counts[table]}")
    database.commit()
    database.close()
    print(copies * sum(counts.values()))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
