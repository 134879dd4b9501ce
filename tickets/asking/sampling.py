"""Draws which citizens are called (回访抽样): by a seed, of every unit the same share, and any draw can be repeated.

A unit's tickets of a month are lined up in the order they came to callback, and cut into stretches as even as whole
numbers allow; of each stretch one is drawn, by the seed. So after any number of tickets the share drawn is right to
within one, and nobody without the seed can tell which ticket is next.
"""

from __future__ import annotations

import hashlib


def drawn(seed: str, *, month: str, unit: str, place: int, percent: int) -> bool:
    """Whether the ``place``-th ticket (from 1) of ``unit`` in ``month`` ("2026-09") is drawn; ``percent`` of them are.

    Raises ValueError for a place before the first or a share outside 0 to 100."""
    if place < 1:
        raise ValueError(f"places are counted from 1, not {place}")
    if not 0 <= percent <= 100:
        raise ValueError(f"a share is from 0 to 100, not {percent}")
    if percent == 0:
        return False
    stretch = (place - 1) * percent // 100 + 1
    begin, end = _end(stretch - 1, percent), _end(stretch, percent)
    said = f"minsheng callback draw 1|{seed}|{month}|{unit}|{stretch}"
    luck = int.from_bytes(hashlib.sha256(said.encode()).digest()[:8])
    return place == begin + 1 + luck % (end - begin)


def _end(stretch: int, percent: int) -> int:
    """The last place of a stretch."""
    return -(-stretch * 100 // percent)
