# SPDX-License-Identifier: Apache-2.0
"""Puts a rank together: device, model, router, profiler; runs its loop and writes what the run leaves behind."""

from __future__ import annotations

import os
import pickle
import signal
from typing import Any

import torch
import torch.distributed as dist

from .errors import WorkloadError, bad_option
from .executor import Executor
from .expert_statistic import ExpertStatistic
from .experts import Experts, grouped_works
from .flags import Flags
from .log import say
from .model import Model
from .options import Options
from .perfect_router import Planner
from .profiler import Profiler, rank_path
from .ranges import Ranges
from .rank_loop import RankLoop, RankParts
from .report import Machine, Outcome, Summary, report_text
from .report_files import write_files, write_iteration_log
from .router import PerfectRouter, Skew
from .scheduler import Scheduler, arrivals_of
from .window import Spans, WindowMachine


def run(options: Options, flags: Flags) -> int:
    """Runs this process's rank to its end; the exit status. Raises WorkloadError."""
    rank, ranks = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    arrivals = arrivals_of(options.arrival, options.requests, options.seed)
    device = _device(options)
    control = _connect(device, rank, ranks)
    try:
        with torch.inference_mode():
            loop, machine = _build(options, flags, arrivals, device, rank, ranks, control)
            outcome = loop.run()
        outcomes = _gather(outcome, ranks, control)
        if control is not None:
            # A rank that leaves early can abort another one that still takes its connections down.
            dist.barrier(control)
            dist.destroy_process_group()
        return _report(options, flags, machine, outcomes, loop.signal, rank)
    except torch.OutOfMemoryError as reason:
        raise _out_of_memory(options, reason) from reason


def _device(options: Options) -> torch.device:
    available = torch.cuda.is_available()
    if options.device == "cuda" and not available:
        raise WorkloadError(
            "device.no_cuda",
            f"--device cuda: PyTorch {torch.__version__} finds no CUDA device. Check that nvidia-smi lists a GPU and "
            "that this PyTorch is a CUDA build, or choose --device cpu.",
        )
    if options.device == "cpu" or not available:
        if options.cuda_graphs:
            raise bad_option("--cuda-graphs", "there are no CUDA graphs on the CPU", "Leave the option out")
        return torch.device("cpu")
    local = int(os.environ.get("LOCAL_RANK", "0"))
    if local >= torch.cuda.device_count():
        text = f"rank {local} has no GPU of its own, there are {torch.cuda.device_count()}"
        raise bad_option("--ep-size", text, "Choose --ep-size not above the number of GPUs, or --device cpu")
    torch.cuda.set_device(local)
    return torch.device("cuda", local)


def _connect(device: torch.device, rank: int, ranks: int) -> Any:
    """The group for the host's numbers; None with one rank."""
    if ranks == 1:
        return None
    if device.type == "cpu":
        torch.set_num_threads(max((os.cpu_count() or 1) // ranks, 1))
        dist.init_process_group("gloo", rank=rank, world_size=ranks)
        return dist.group.WORLD
    dist.init_process_group("nccl", rank=rank, world_size=ranks, device_id=device)
    return dist.new_group(backend="gloo")


def _dtype(options: Options, device: torch.device) -> torch.dtype:
    if options.dtype != "auto":
        return torch.bfloat16 if options.dtype == "bfloat16" else torch.float32
    return torch.bfloat16 if device.type == "cuda" else torch.float32


def _build(
    options: Options, flags: Flags, arrivals: list[int], device: torch.device, rank: int, ranks: int, control: Any
) -> tuple[RankLoop, Machine]:
    shape, dtype, on_gpu = options.shape, _dtype(options, device), device.type == "cuda"
    speaks = rank == 0
    if on_gpu:
        torch.cuda.init()
    ranges = Ranges(flags.debug_ranges)
    if flags.record_gc:
        ranges.watch_collector()
    grouped = options.moe_backend != "loop" and grouped_works(device, dtype)
    if options.moe_backend == "grouped" and not grouped:
        text = f"PyTorch {torch.__version__} has no grouped GEMM for {dtype} on {device.type}"
        raise bad_option("--moe-backend", text, "Choose auto or loop")
    if options.cuda_graphs and (ranks > 1 or not grouped):
        text = "the sizes of experts are read by the host with several ranks or without grouped GEMM"
        raise bad_option("--cuda-graphs", text, "Leave the option out")
    if speaks:
        _say_start(options, flags, device, dtype, grouped)
    model = Model(options, rank, ranks, device, dtype)
    if speaks:
        say(f"Model loaded: {model.parameters} parameters on rank 0 of {ranks}, {dtype_name(dtype)}")
    planner = Planner(options.era, shape.experts, shape.top_k, ranks, rank)
    perfect = PerfectRouter(planner, dtype, device, speaks or options.era != "e1") if flags.perfect_router else None
    skew = Skew(shape.layers, shape.experts, options.router_skew, options.router_drift, options.seed, device)
    model.connect(Experts(shape.experts, ranks, grouped, ranges), skew, perfect, ranges)
    trace = rank_path(flags.trace, rank, ranks) if flags.trace and flags.spans else None
    windows = WindowMachine(options.era, flags.spans or Spans())
    span = flags.statistic_range
    parts = RankParts(
        options=options,
        flags=flags,
        rank=rank,
        ranks=ranks,
        scheduler=Scheduler(options, arrivals, rank, ranks),
        executor=Executor(model, options, device, dtype, ranges),
        profiler=Profiler(windows, trace, rank, ranges, options.trace_markers),
        statistic=ExpertStatistic(span, flags.statistic_path, rank, shape.experts, shape.top_k, options.raw_experts) if span else None,
        ranges=ranges,
        on_gpu=on_gpu,
        control=control,
    )
    loop = RankLoop(parts)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _: setattr(loop, "signal", received))
    return loop, _machine(device, dtype)


def dtype_name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _machine(device: torch.device, dtype: torch.dtype) -> Machine:
    if device.type == "cpu":
        return Machine("Pytorch", f"CPU ({torch.get_num_threads()} threads)", None, dtype_name(dtype))
    properties = torch.cuda.get_device_properties(device)
    return Machine("Pytorch", properties.name, properties.total_memory / (1 << 30), dtype_name(dtype))


def _say_start(options: Options, flags: Flags, device: torch.device, dtype: torch.dtype, grouped: bool) -> None:
    if flags.trace and not flags.spans:
        say(
            "TLLM_TORCH_PROFILE_TRACE is set but TLLM_PROFILE_START_STOP is not: nothing is traced. "
            "Set TLLM_PROFILE_START_STOP to the iterations to trace, for example 100-150.",
            "W",
        )
    backend = "grouped GEMM" if grouped else "one GEMM per expert"
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    say(f"PyTorch {torch.__version__} on {name}, {dtype_name(dtype)}, {backend}")
    say(f"Loading model: {options.shape.layers} layers, {options.shape.experts} experts, seed {options.seed}")


def _gather(outcome: Outcome, ranks: int, control: Any) -> list[Outcome]:
    """Of all ranks. By tensors, since PyTorch's gather of objects needs numpy."""
    if ranks == 1:
        return [outcome]
    mine = torch.frombuffer(bytearray(pickle.dumps(outcome)), dtype=torch.uint8)
    sizes = [torch.zeros(1, dtype=torch.int64) for _ in range(ranks)]
    dist.all_gather(sizes, torch.tensor([mine.numel()]), group=control)
    longest = max(int(size) for size in sizes)
    padded = [torch.empty(longest, dtype=torch.uint8) for _ in range(ranks)]
    dist.all_gather(padded, torch.cat([mine, mine.new_zeros(longest - mine.numel())]), group=control)
    return [pickle.loads(bytes(part[: int(size)].tolist())) for part, size in zip(padded, sizes, strict=True)]


def _report(options: Options, flags: Flags, machine: Machine, outcomes: list[Outcome], received: int, rank: int) -> int:
    """Rank 0 writes for all."""
    if rank == 0:
        summary = Summary(options, outcomes)
        write_iteration_log(options, outcomes, flags.metrics_all_ranks)
        if not received:
            say(report_text(options, summary, machine))
            write_files(options, summary, machine)
    if received:
        raise WorkloadError(
            "process.stopped",
            f"Stopped by signal {received} at the end of an iteration; no report was written.",
            128 + received,
        )
    return 0


def _out_of_memory(options: Options, reason: Exception) -> WorkloadError:
    first = str(reason).split(". ", maxsplit=2)
    return WorkloadError(
        "device.out_of_memory",
        f"{'. '.join(first[:2])}. The model of --preset {options.preset} with {options.shape.layers} layers and a cache of "
        f"{options.max_batch} x {options.max_length} tokens needs more. Choose fewer --layers, a smaller --max-batch or shorter "
        "--input-len and --output-len, or free the GPU.",
        1,
    )
