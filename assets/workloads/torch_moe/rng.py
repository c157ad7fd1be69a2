# SPDX-License-Identifier: Apache-2.0
"""Stateless seeded randomness: a value depends on its keys only, never on the order of calls or the number of ranks."""

_MASK = (1 << 64) - 1


def _mix(value: int) -> int:
    """The finaliser of SplitMix64: close inputs give unrelated outputs."""
    z = (value + 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def hash_of(*keys: int) -> int:
    """A 64-bit value for these keys."""
    state = 0x1735C09E
    for key in keys:
        state = _mix(state ^ _mix(key))
    return state


def unit(*keys: int) -> float:
    """A uniform value in [0, 1) for these keys."""
    return (hash_of(*keys) >> 11) / (1 << 53)
