# SPDX-License-Identifier: Apache-2.0
"""A mixture-of-experts decoder in PyTorch behind TensorRT-LLM's profiling flags: a workload to profile.

What needs PyTorch is imported by `engine` only, so that options, windows, batches and files can be used without it.
"""

__version__ = "0.1.0"
