# SPDX-License-Identifier: Apache-2.0
"""Starts the workload: `python3 torch_moe --help` or `python3 -m torch_moe --help`."""

import sys
from pathlib import Path

sys.path[:] = [str(Path(__file__).resolve().parent.parent), *(p for p in sys.path if p != sys.path[0])]

from torch_moe.command import main  # noqa: E402  (the package's folder must be known first)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
