"""When it happened: durations, dates and hours in a citizen's words, put briefly."""

from __future__ import annotations

import re

_NUMBER = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_N = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_PART = r"(?:每天|天天)?(?:凌晨|半夜|夜里|夜间|深夜|早上|早晨|上午|中午|下午|傍晚|晚上|晚|夜)"
_HOURS = re.compile(rf"({_PART})?({_N})[点时](半)?(?:多)?(?:到|至|-|~|—)({_PART})?(?:第二天)?({_N})[点时](半)?")
_LASTING = re.compile(
    r"(?:好几|几|半|一|两|二|三|四|五|六|七|八|九|十|\d{1,3})(?:个)?(?:多)?(?:个)?(?:小时|天|周|星期|礼拜|月|年)(?:多|半)?"
    r"(?!前)|大?前天|昨天|昨晚|今天|今早|今晚|上周|上个月|(?:去年|今年)(?:\d{1,2}月(?:份|初|底)?)?|最近|近期|一直|长期|刚才|刚刚"
    r"|\d{4}年(?:\d{1,2}月(?:\d{1,2}[日号])?)?|\d{1,2}月\d{1,2}[日号]|(?:从|自)?\d{1,2}月(?:份|初|底)?(?:开始|以来|起)"
)
_AGO = re.compile(r"(?:好几|几|半|一|两|二|三|四|五|六|七|八|九|十|\d{1,3})个?(?:小时|天|周|星期|月|年)前")
_DAILY = re.compile(r"天天|每天|每晚|每日|每到")
_NIGHT = re.compile(r"凌晨|半夜|夜|晚|睡不")
_LATE = {"下午", "傍晚", "晚上", "晚"}


def occurred(text: str) -> str:
    """The time in folded ``text`` as a clerk notes it ("半个多月,每晚20–24时"), "" for none."""
    parts = []
    if lasting := _AGO.search(text) or _LASTING.search(text):
        parts.append(lasting[0])
    if hours := _HOURS.search(text):
        parts.append(_span(hours, text))
    elif _DAILY.search(text):
        parts.append("每晚" if _NIGHT.search(text) else "每天")
    return ",".join(parts)


def at_night(text: str) -> bool:
    """Whether folded ``text`` speaks of the night."""
    return bool(_NIGHT.search(text))


def _span(hours: re.Match[str], text: str) -> str:
    part, start, half, second, end, last = hours.groups()
    part = (part or "").removeprefix("每天").removeprefix("天天")
    begin = _hour(start, late=part in _LATE or (part in {"夜里", "夜间", "深夜", "夜"} and _number(start) > 5))
    finish = _hour(end, late=(second or part) in _LATE)
    if finish <= begin and finish == 12:
        finish = 24
    lead = "每晚" if part in {"晚上", "晚"} else "每天" if _DAILY.search(text) else ""
    return f"{lead}{begin}{':30' if half else ''}–{finish}{':30' if last else ''}时"


def _hour(text: str, *, late: bool) -> int:
    hour = _number(text)
    if late and hour < 12:
        return hour + 12
    return 24 if late and hour == 12 else hour


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, _, ones = text.rpartition("十")
    return (_NUMBER[tens[-1]] * 10 if tens else 10 * text.count("十")) + (_NUMBER[ones[-1]] if ones else 0)
