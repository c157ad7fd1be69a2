# SPDX-License-Identifier: Apache-2.0
"""Named ranges: NVTX in the domain TensorRT-LLM for Nsight Systems and, while a PyTorch trace is open, in that trace, too.

The NVTX library comes with PyTorch's CUDA packages; it does nothing unless a profiler has injected itself.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ContextManager

import torch

DOMAIN = b"TensorRT-LLM"
LIBRARIES = ("libnvtx3interop.so.1", "libnvtx3interop.so", "libnvToolsExt.so.1")


class _Attributes(ctypes.Structure):
    """nvtxEventAttributes_t of NVTX 3."""

    _fields_ = [
        ("version", ctypes.c_uint16),
        ("size", ctypes.c_uint16),
        ("category", ctypes.c_uint32),
        ("color_type", ctypes.c_int32),
        ("color", ctypes.c_uint32),
        ("payload_type", ctypes.c_int32),
        ("reserved", ctypes.c_int32),
        ("payload", ctypes.c_uint64),
        ("message_type", ctypes.c_int32),
        ("message", ctypes.c_char_p),
    ]


VERSION, ARGB, ASCII, GREY = 3, 1, 1, 0xFF808080


def _load() -> ctypes.CDLL | None:
    spec = find_spec("nvidia")
    folders = [Path(folder) for folder in (spec.submodule_search_locations or [])] if spec else []
    found = [path for folder in folders for name in LIBRARIES for path in sorted(folder.glob(f"*/lib/{name}"))]
    for name in [*map(str, found), *LIBRARIES]:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.nvtxDomainCreateA.restype = ctypes.c_void_p
        library.nvtxDomainRangePushEx.argtypes = [ctypes.c_void_p, ctypes.POINTER(_Attributes)]
        library.nvtxDomainRangePop.argtypes = [ctypes.c_void_p]
        library.nvtxRangeStartA.restype = ctypes.c_uint64
        library.nvtxRangeEnd.argtypes = [ctypes.c_uint64]
        return library
    return None


class Ranges:
    """The ranges of one rank. `in_trace` says whether a PyTorch trace takes them, too."""

    def __init__(self, debug: bool) -> None:
        self.in_trace = False
        self._debug = debug
        self._nvtx = _load()
        self._domain = self._nvtx.nvtxDomainCreateA(DOMAIN) if self._nvtx else None

    @property
    def has_nvtx(self) -> bool:
        return self._nvtx is not None

    @contextmanager
    def range(self, name: str) -> Iterator[None]:
        """A range around a block; ranges of one thread nest."""
        if self._nvtx:
            text = _Attributes(VERSION, ctypes.sizeof(_Attributes), 0, ARGB, GREY, 0, 0, 0, ASCII, name.encode())
            self._nvtx.nvtxDomainRangePushEx(self._domain, ctypes.byref(text))
        try:
            with torch.profiler.record_function(name) if self.in_trace else nullcontext():
                yield
        finally:
            if self._nvtx:
                self._nvtx.nvtxDomainRangePop(self._domain)

    def debug(self, name: str) -> ContextManager[None]:
        """A range that TLLM_NVTX_DEBUG switches on."""
        return self.range(name) if self._debug else nullcontext()

    def watch_collector(self) -> None:
        """From now on every garbage collection is a start/end range `Python GC` in the default domain."""
        open_ranges: list[tuple[int, Any]] = []

        def watch(phase: str, _: dict[str, int]) -> None:
            if phase == "start":
                traced = torch.profiler.record_function("Python GC") if self.in_trace else None
                if traced:
                    traced.__enter__()
                open_ranges.append((self._nvtx.nvtxRangeStartA(b"Python GC") if self._nvtx else 0, traced))
            elif open_ranges:
                started, traced = open_ranges.pop()
                if self._nvtx:
                    self._nvtx.nvtxRangeEnd(started)
                if traced:
                    traced.__exit__(None, None, None)

        gc.callbacks.append(watch)
