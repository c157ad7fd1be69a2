# SPDX-License-Identifier: Apache-2.0
"""Starts one process per rank, as torchrun does, and ends them together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

#: How long ranks may take to end after one has failed or a signal came.
GRACE_S = 10.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run_ranks(arguments: list[str], ranks: int) -> int:
    """Runs this command once per rank; the exit status of the first rank that failed, or 0."""
    place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(_free_port()), "WORLD_SIZE": str(ranks)}
    command = [sys.executable, str(Path(__file__).resolve().parent), *arguments]
    started = [
        subprocess.Popen(command, env=os.environ | place | {"RANK": str(rank), "LOCAL_RANK": str(rank)})
        for rank in range(ranks)
    ]

    def pass_on(number: int, _: object) -> None:
        for process in started:
            if process.poll() is None:
                process.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, pass_on)
    return _wait(started)


def _wait(started: list[subprocess.Popen[bytes]]) -> int:
    failed, deadline = 0, None
    while any(process.poll() is None for process in started):
        bad = next((p.returncode for p in started if p.returncode not in (None, 0)), 0)
        if bad and deadline is None:
            failed, deadline = bad, time.monotonic() + GRACE_S
            for process in started:
                process.terminate()
        if deadline and time.monotonic() > deadline:
            for process in started:
                process.kill()
        time.sleep(0.02)
    statuses = [failed, *(process.returncode for process in started)]
    first = next((status for status in statuses if status), 0)
    return first if first >= 0 else 128 - first
