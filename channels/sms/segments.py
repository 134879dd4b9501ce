"""How many segments (计费条数) an SMS is billed as."""

from __future__ import annotations

from channels.capabilities import Unit
from channels.fit import length

_SINGLE = 70
_PART = 67
"""UTF-16 units: a lone message carries 70, each part of a longer one 67. (help.aliyun.com, 短信计费规则)"""


def segments(sign: str, body: str) -> int:
    """The segments of ``【sign】body``. The signature counts; ASCII counts like Chinese, an emoji as two."""
    units = length(f"【{sign}】{body}", Unit.UTF16_UNITS)
    return 1 if units <= _SINGLE else -(-units // _PART)
