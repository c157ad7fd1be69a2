# SPDX-License-Identifier: Apache-2.0
"""The command line: what the model, the ranks and the load look like. Options are those of the embedded engine."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass

from . import __version__
from .errors import WorkloadError, bad_option


@dataclass(frozen=True)
class Shape:
    """A decoder: `layers` of grouped-query attention and a mixture of experts. Widths in values."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    experts: int
    top_k: int
    ffn: int
    vocab: int


PRESETS = {
    "tiny": Shape(2, 64, 4, 2, 16, 8, 2, 64, 256),
    "small": Shape(8, 1024, 16, 4, 64, 32, 4, 1024, 32_768),
    "medium": Shape(12, 2048, 32, 8, 64, 64, 4, 1536, 65_536),
    "gpt-oss-20b": Shape(24, 2880, 64, 8, 64, 32, 4, 2880, 201_088),
}

VARIABLES = """environment variables:
  TLLM_PROFILE_START_STOP=A-B,...  iterations to profile (cudaProfilerStart and Stop); --era decides whether B is included
  TLLM_TORCH_PROFILE_TRACE=FILE    PyTorch profiler's trace of the window, FILE-rank-R with several ranks
  TLLM_PROFILE_LOG_RANKS=all|0,1   ranks that print iteration lines (eras e2 and e3; default 0)
  TLLM_NVTX_DEBUG=1                ranges of layers and their parts; TLLM_LLMAPI_ENABLE_NVTX=1 does the same
  TLLM_PROFILE_RECORD_GC=1         a range for every garbage collection of Python
  TLLM_METRICS_ALL_RANKS=1         rows of all ranks in the iteration log (eras e2 and e3)
  ENABLE_PERFECT_ROUTER=1          every expert gets the same number of tokens; outputs are wrong
  EXPERT_STATISTIC_ITER_RANGE=A-B  iterations A to B-1 whose expert loads are counted; written in iteration B
  EXPERT_STATISTIC_PATH=DIR        folder of those files (default expert_statistic)

exit status: 0 done, 1 failed, 2 usage, 130 interrupted, 143 terminated."""


@dataclass(frozen=True)
class Options:
    """The checked command line."""

    shape: Shape
    preset: str
    device: str
    dtype: str
    moe_backend: str
    ep_size: int
    overlap: bool
    cuda_graphs: bool
    trace_markers: bool
    requests: int
    input_len: int
    output_len: int
    iterations: int | None
    arrival: str
    max_batch: int
    max_tokens: int
    router_skew: float
    router_drift: float
    seed: int
    era: str
    print_iter_log: bool
    streaming: bool
    raw_experts: bool
    report_json: str | None
    request_json: str | None
    output_json: str | None
    iteration_log: str | None

    @property
    def max_length(self) -> int:
        """Tokens of the longest sequence."""
        return self.input_len + self.output_len


def parse_options(arguments: list[str]) -> Options:
    """Options from the command line; leaves the program on --help, or on options that do not exist."""
    given = vars(_parser().parse_args(arguments))
    preset = PRESETS[given["preset"]]
    names = list(Shape.__dataclass_fields__)
    shape = Shape(**{name: getattr(preset, name) if given[name] is None else given[name] for name in names})
    options = Options(shape=shape, **{key: value for key, value in given.items() if key not in names})
    _check(options)
    return options


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 1 << 24:
        raise argparse.ArgumentTypeError(f"must be from 1 to {1 << 24}, not {value}")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="torch_moe",
        description="A GPT-OSS-like mixture-of-experts decoder (random weights) in a small serving loop, with "
        "TensorRT-LLM's profiling flags. Its answers have no meaning.",
        epilog=VARIABLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    _add_model(parser.add_argument_group("model; what is not given comes from the preset"))
    _add_execution(parser.add_argument_group("execution"))
    _add_load(parser.add_argument_group("load"))
    _add_output(parser.add_argument_group("output"))
    return parser


def _add_model(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--preset", choices=sorted(PRESETS), default="small", help="widths and counts (default small)")
    texts = {
        "layers": "layers, each attention and a mixture of experts",
        "hidden": "width of the residual stream",
        "heads": "query heads",
        "kv_heads": "key and value heads, shared by groups of query heads",
        "head_dim": "width of a head, even",
        "experts": "experts per layer, in contiguous blocks on the ranks",
        "top_k": "experts per token",
        "ffn": "inner width of an expert",
        "vocab": "tokens that the model knows",
    }
    for name, text in texts.items():
        group.add_argument(f"--{name.replace('_', '-')}", type=_count, help=text)
    group.add_argument("--router-skew", type=float, default=1.5, help="height of the bias to hot experts, in logits (1.5)")
    group.add_argument("--router-drift", type=float, default=0.002, help="how far the hot experts move per iteration, as a share of all (0.002)")
    group.add_argument("--seed", type=int, default=1, help="seed of weights, prompts, arrivals, skew and sampling (1)")


def _add_execution(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--device", choices=["auto", "cuda", "cpu"], default="auto", help="where it runs; auto takes CUDA where there is a GPU")
    group.add_argument("--dtype", choices=["auto", "bfloat16", "float32"], default="auto", help="auto: bfloat16 on CUDA, float32 on the CPU")
    group.add_argument("--moe-backend", choices=["auto", "grouped", "loop"], default="auto", help="one grouped GEMM for all experts, or one GEMM per expert")
    group.add_argument("--ep-size", type=_count, default=1, help="expert-parallel ranks, one process and one GPU each (1); under torchrun its own number")
    group.add_argument("--overlap", action=argparse.BooleanOptionalAction, default=True, help="prepare an iteration while the one before runs")
    group.add_argument("--cuda-graphs", action=argparse.BooleanOptionalAction, default=False, help="replay decode iterations as CUDA graphs")
    group.add_argument("--era", choices=["e1", "e2", "e3"], default="e1", help="generation of TensorRT-LLM whose windows, lines and router are followed")


def _add_load(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--requests", type=_count, default=512, help="requests of all ranks together (512)")
    group.add_argument("--input-len", type=_count, default=128, help="prompt length of every request, in tokens (128)")
    group.add_argument("--output-len", type=_count, default=64, help="generated length of every request, in tokens (64)")
    group.add_argument("--iterations", type=_count, help="stop after so many iterations, whether all requests are done or not")
    group.add_argument("--arrival", default="poisson:16", help="all (at once), N (requests per iteration) or poisson:N (seeded mean)")
    group.add_argument("--max-batch", type=_count, default=128, help="running requests per rank at most (128)")
    group.add_argument("--max-tokens", "--chunk", type=_count, default=2048, help="tokens per rank and iteration at most; longer prompts go in chunks (2048)")


def _add_output(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--print-iter-log", action=argparse.BooleanOptionalAction, default=True, help="one line per iteration")
    group.add_argument("--streaming", action=argparse.BooleanOptionalAction, default=False, help="times to and between tokens in the report, too")
    group.add_argument("--trace-markers", action=argparse.BooleanOptionalAction, default=True, help="ranges in PyTorch's trace, too, not in NVTX only")
    group.add_argument("--raw-experts", action="store_true", help="beside the expert statistics, the expert of every slot in rankR_raw.safetensors")
    for name, text in {
        "report_json": "the final report (times in ms, rates per second)",
        "request_json": "what every request did (times in ns of one steady clock)",
        "output_json": "the tokens of every request",
        "iteration_log": "the statistics of every iteration, one printed dictionary a line",
    }.items():
        group.add_argument(f"--{name}", f"--{name.replace('_', '-')}", metavar="FILE", help=text)


def _check(options: Options) -> None:
    shape = options.shape
    if shape.heads % shape.kv_heads:
        raise bad_option("--heads, --kv-heads", f"{shape.heads} query heads do not split over {shape.kv_heads} key heads", "Choose --kv-heads as a divisor of --heads")
    if shape.head_dim % 2:
        raise bad_option("--head-dim", f"{shape.head_dim} is odd and cannot be rotated in pairs", "Choose an even number")
    if shape.top_k > shape.experts:
        raise bad_option("--top-k, --experts", f"a token cannot go to {shape.top_k} of {shape.experts} experts", "Choose --top-k not above --experts")
    if shape.experts % options.ep_size:
        raise bad_option("--experts, --ep-size", f"{shape.experts} experts do not split evenly over {options.ep_size} ranks", "Choose --experts as a multiple of --ep-size")
    if options.max_tokens < options.max_batch:
        raise bad_option("--max-tokens, --max-batch", f"{options.max_batch} running requests need more than {options.max_tokens} tokens per iteration", "Choose --max-tokens not below --max-batch")
    for name in ("report_json", "request_json", "output_json", "iteration_log"):
        check_folder(f"--{name}", getattr(options, name))


def check_folder(what: str, path: str | None) -> None:
    """Raises where the folder of an output does not exist, before anything is computed."""
    folder = os.path.dirname(path or "")
    if folder and not os.path.isdir(folder):
        text = f"The folder {folder} of {what} does not exist. Create it and start again."
        raise WorkloadError("output.missing_folder", text)


def check_gpus(options: Options, gpus: int) -> None:
    """Raises where ranks would have to share a GPU; without any, they run on the CPU, unless CUDA was asked for."""
    if 0 < gpus < options.ep_size:
        text = f"{options.ep_size} ranks need a GPU each, and there are {gpus}"
        raise bad_option("--ep-size", text, "Choose --ep-size not above the number of GPUs, or --device cpu")
