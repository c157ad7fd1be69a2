# SPDX-License-Identifier: Apache-2.0
"""A writer of the safetensors format for vectors of int64: header length, JSON header, raw little-endian data."""

from __future__ import annotations

import json
import struct
from array import array
from collections.abc import Iterable, Mapping
from pathlib import Path


def write_int64(path: Path, vectors: Mapping[str, Iterable[int]]) -> None:
    """Writes every vector under its name, in order; OSError where the file cannot be written."""
    header, blocks, offset = {}, [], 0
    for name, values in vectors.items():
        block = struct.pack(f"<{len(listed)}q", *listed) if (listed := list(values)) else b""
        header[name] = {"dtype": "I64", "shape": [len(listed)], "data_offsets": [offset, offset + len(block)]}
        blocks.append(block)
        offset += len(block)
    text = json.dumps(header, separators=(",", ":")).encode()
    # The data begins at a multiple of eight bytes.
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blocks))


def read_int64(path: Path) -> dict[str, list[int]]:
    """The vectors of a file that `write_int64` wrote."""
    content = path.read_bytes()
    (length,) = struct.unpack_from("<Q", content)
    data = content[8 + length :]
    vectors = {}
    for name, entry in json.loads(content[8 : 8 + length]).items():
        first, last = entry["data_offsets"]
        values = array("q")
        values.frombytes(data[first:last])
        vectors[name] = values.tolist()
    return vectors
