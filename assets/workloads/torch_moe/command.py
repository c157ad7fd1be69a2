# SPDX-License-Identifier: Apache-2.0
"""From the command line to a run: what can be refused is refused before PyTorch is loaded."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from .errors import WorkloadError
from .flags import read_flags
from .options import check_folder, check_gpus, parse_options
from .processes import run_ranks
from .scheduler import arrivals_of


def main(arguments: list[str]) -> int:
    """The exit status of the run."""
    try:
        return _start(arguments)
    except WorkloadError as error:
        print(f"torch_moe: {error} [{error.code}]", file=sys.stderr, flush=True)
        return error.status


def _start(arguments: list[str]) -> int:
    options = parse_options(arguments)
    if "WORLD_SIZE" in os.environ:
        options = replace(options, ep_size=int(os.environ["WORLD_SIZE"]))
    flags = read_flags(options.era, os.environ)
    arrivals_of(options.arrival, options.requests, options.seed)
    check_folder("TLLM_TORCH_PROFILE_TRACE", flags.trace if flags.spans else None)
    try:
        import torch  # noqa: PLC0415  (seconds, and not everywhere)
    except ImportError as reason:
        text = f"PyTorch cannot be loaded by {sys.executable}: {reason}. Install it (pip install torch), or choose another Python."
        raise WorkloadError("setup.no_torch", text) from reason
    if options.ep_size > 1 and "RANK" not in os.environ:
        check_gpus(options, torch.cuda.device_count() if options.device != "cpu" else 0)
        return run_ranks(arguments, options.ep_size)
    from .engine import run  # noqa: PLC0415

    status = run(options, flags)
    if options.ep_size > 1:
        # Everything is written. Threads of PyTorch's groups now and then abort an interpreter that ends in order.
        sys.stdout.flush()
        os._exit(status)
    return status
