#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a report of two ranks from a report of one: the second is a copy of the first's process, a little later.

Usage: make_two_ranks.py ONE.sqlite.gz TWO.sqlite.gz. The copy runs on device 1, which its process knows as 0.
"""

import gzip
import sqlite3
import sys
import tempfile

LATER_NS = 1_000_000
PROCESS_STEP = 7 << 24  # 7 process numbers further, in packed numbers.


def columns(database, table):
    return [name for _, name, *_ in database.execute(f"PRAGMA table_info({table})")]


def shifted(name):
    if name in ("start", "end", "timestamp"):
        return f'"{name}" + {LATER_NS}'
    if name in ("globalPid", "globalTid", "endGlobalTid"):
        return f'"{name}" + {PROCESS_STEP}'
    return f'"{name}"'


def double(database, table, process_column, process):
    names = columns(database, table)
    copied = ", ".join(shifted(name) for name in names)
    database.execute(
        f"INSERT INTO {table} SELECT {copied} FROM {table} WHERE ({process_column} & ~0xFFFFFF) = ?", (process,)
    )


def main(source, target):
    with tempfile.NamedTemporaryFile(suffix=".sqlite") as plain:
        with gzip.open(source, "rb") as packed:
            plain.write(packed.read())
        plain.flush()
        database = sqlite3.connect(plain.name)
        (process,) = database.execute("SELECT globalPid FROM CUPTI_ACTIVITY_KIND_KERNEL LIMIT 1").fetchone()
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            names = columns(database, table)
            if table != "ProcessStreams" and "globalTid" in names:
                double(database, table, "globalTid", process)
            elif table.startswith("CUPTI_") or table == "PROCESSES":
                double(database, table, "globalPid", process)
        pid = (process >> 24) & 0xFFFFFF
        second = ((process + PROCESS_STEP) >> 24) & 0xFFFFFF
        database.execute("UPDATE PROCESSES SET pid = ? WHERE globalPid = ?", (second, process + PROCESS_STEP))
        database.execute("CREATE TABLE TARGET_INFO_CUDA_DEVICE (gpuId INTEGER, cudaId INTEGER, pid INTEGER)")
        database.executemany("INSERT INTO TARGET_INFO_CUDA_DEVICE VALUES (?, 0, ?)", [(0, pid), (1, second)])
        gpu = ", ".join("1" if name == "id" else name for name in columns(database, "TARGET_INFO_GPU"))
        database.execute(f"INSERT INTO TARGET_INFO_GPU SELECT {gpu} FROM TARGET_INFO_GPU")
        # What the test does not need of the program's environment and output.
        database.execute("DELETE FROM META_DATA_CAPTURE")
        database.execute("DELETE FROM TARGET_INFO_SYSTEM_ENV")
        database.commit()
        database.execute("VACUUM")
        database.close()
        with open(plain.name, "rb") as made, gzip.GzipFile(target, "wb", 9, mtime=0) as packed:
            packed.write(made.read())


if __name__ == "__main__":
    main(*sys.argv[1:3])
