"""A citizen's copy of his own data as a text he can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.clock import CITY_TIME

_PARTS: Mapping[str, str] = {
    "conversations": "您与我们联系的渠道",
    "links": "您绑定的手机和认领的诉求",
    "codes": "发给您的验证码",
    "messages": "您说过的话",
    "answers": "我们的答复",
    "tickets": "您的诉求",
    "log": "诉求的办理记录",
    "supplements": "您的补充",
    "ratings": "您的评价",
    "files": "您发来的文件",
    "looks": "谁看过您的信息",
}


def plain(value: Any) -> Any:
    """What JSON can hold: moments in city time."""
    if isinstance(value, datetime):
        return value.astimezone(CITY_TIME).isoformat(timespec="seconds")
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


def readable(kept: Mapping[str, Any]) -> str:
    """Markdown, part by part; what is empty is not mentioned."""
    return "\n".join(_lines(plain(kept))) + "\n"


def _lines(kept: Mapping[str, Any]) -> Iterator[str]:
    yield "# 您的个人信息副本"
    for part, title in _PARTS.items():
        yield f"\n## {title}\n"
        for row in kept[part]:
            cells = (f"{name}：{value}" for name, value in row.items() if value not in (None, "", [], {}))
            yield f"- {'；'.join(cells)}"
        if not kept[part]:
            yield "没有。"
