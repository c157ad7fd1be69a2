#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps of an Nsight Systems export what figures are made of, and nothing that tells of the machine or its user.

A report holds the whole environment, the process list and the program's output of the machine where it was made. Usage:
shrink_report.py SOURCE.sqlite TARGET.sqlite.gz
"""

import gzip
import os
import shutil
import sqlite3
import sys
import tempfile

KEPT = {"DIAGNOSTIC_EVENT", "NVTX_EVENTS", "PROFILER_OVERHEAD", "StringIds", "TARGET_INFO_GPU", "TARGET_INFO_SESSION_START_TIME"}
KEPT |= {"TARGET_INFO_CUDA_CONTEXT_INFO", "TARGET_INFO_CUDA_STREAM", "CUDA_GRAPH_EVENTS", "CUDA_GRAPH_NODE_EVENTS", "META_DATA_EXPORT"}
NAMES = {"demangledName", "shortName", "mangledName", "nameId", "textId", "jsonTextId", "name"}


def main(source, target):
    plain = tempfile.NamedTemporaryFile(suffix=".sqlite")
    shutil.copyfile(source, plain.name)
    database = sqlite3.connect(plain.name)
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    used = set()
    for table in tables:
        if table not in KEPT and not table.startswith(("CUPTI_ACTIVITY", "ENUM_")):
            database.execute(f'DROP TABLE "{table}"')
        elif table not in ("StringIds", "META_DATA_EXPORT"):
            for _, name, kind, *_ in database.execute(f'PRAGMA table_info("{table}")').fetchall():
                if name in NAMES and "INT" in kind.upper():
                    used |= {value for (value,) in database.execute(f'SELECT DISTINCT "{name}" FROM "{table}"')}
    database.execute("CREATE TEMP TABLE used (id INTEGER PRIMARY KEY)")
    database.executemany("INSERT OR IGNORE INTO used VALUES (?)", [(value,) for value in used if isinstance(value, int)])
    database.execute("DELETE FROM StringIds WHERE id NOT IN used")
    # Says where the program's output was kept, and where the recorder was installed.
    database.execute("DELETE FROM DIAGNOSTIC_EVENT WHERE text LIKE '%/%'")
    database.execute("DELETE FROM META_DATA_EXPORT WHERE value LIKE '%/%'")
    database.commit()
    database.execute("VACUUM")
    database.close()
    with open(plain.name, "rb") as small, open(target, "wb") as file, gzip.GzipFile("", "wb", 9, file, 0) as packed:
        shutil.copyfileobj(small, packed)
    print(os.path.getsize(target))


if __name__ == "__main__":
    main(*sys.argv[1:])
