"""Finds the traces of a person in a text, and writes the text without them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from tickets.number import valid
from tickets.scrub import numbers
from tickets.scrub.ends import ends
from tickets.scrub.people import AGES, NAMES, POSTS, ROOMS


class Trace(StrEnum):
    """What leads to a person; the value is what stands in its place."""

    MOBILE = "手机号"
    LANDLINE = "座机号"
    IDENTITY = "证件号"
    CARD = "银行卡号"
    PLATE = "车牌号"
    EMAIL = "邮箱"
    ACCOUNT = "社交账号"
    NAME = "姓名"
    ROOM = "门牌"
    AGE = "年龄"
    POST = "职务"


ALL = frozenset(Trace)


@dataclass(frozen=True, slots=True)
class Hit:
    """A trace and its place in the text."""

    trace: Trace
    start: int
    end: int


_WIDE = {code: code - 0xFEE0 for code in (0xFF0D, 0xFF0E, *range(0xFF10, 0xFF5B))} | {0x3000: 0x20}
"""Full-width figures, letters and what stands between them to plain ones, one for one."""
_NUMBER = re.compile(
    r"(?<![\d.\-])(?P<mobile>(?:\+?86[ \-]?)?1[3-9]\d(?:[ \-]?\d{4}[ \-]?\d{4}|\d[ \-]\d{3}[ \-]\d{4}|[ \-]\d{3}[ \-]\d{5}))(?!\d)"
    r"|(?<!\d)(?P<identity>\d{6}[ \-]?\d{8}[ \-]?\d{3}[\dXx])(?![\dA-Za-z])"
    r"|(?<!\d)(?P<card>\d{4}(?:[ \-]\d{4}){3}(?:[ \-]?\d{1,3})?|\d{16,19})(?!\d)"
    r"|(?<!\d)(?P<old>\d{15})(?!\d)"
    r"|(?<![\d\-])(?P<landline>\(?0\d{2,3}\)?[ \-]?[2-8]\d{6,7})(?!\d)"
    r"|(?:电话|座机|宅电)[:是为]?[ ]?(?P<local>[2-8]\d{6,7})(?!\d)"
)
_SPOKEN = re.compile(r"[零〇洞一幺壹二两贰三叁四肆五伍六陆七柒拐八捌九玖勾\d]{11,}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_OTHER = re.compile(
    r"(?P<plate>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·• ]?"
    r"(?=[A-Z]{0,3}\d)[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9学警港澳])"
    r"(?![A-Z0-9])"
    r"|(?P<email>[A-Z0-9][A-Z0-9._+\-]{0,63}@(?:[A-Z0-9\-]{1,63}\.)+[A-Z]{2,10})"
    r"|(?:微信|薇信|威信|v信|vx|wx|wechat|weixin|微博|抖音|qq|扣扣)(?:号码|号|id|同号)?[:是为]?[ ]?(?P<account>[A-Z0-9][\-_A-Z0-9]{4,19})",
    re.IGNORECASE,
)
_NAMED = re.compile(r"身份证|证件|账号|帐号|卡号|银行卡")
_HOTLINES = re.compile(r"(?:12\d{3}|1\d{2}|9\d{4,5}|[48]00\d{7})")
_WORTH_A_LOOK = re.compile(
    rf"\d|{_SPOKEN.pattern}|[我人市群居业名姓岁信@]|这里|单元|微博|抖音|扣扣|qq|vx|wx|wechat|weixin", re.IGNORECASE
)
"""Something of this stands in every trace: most texts need no closer look."""


def find(text: str, traces: frozenset[Trace] = ALL) -> tuple[Hit, ...]:
    """Every trace of the kinds ``traces``, in order, none inside another. Ticket numbers, hotlines, dates and amounts
    are no traces."""
    folded = text.translate(_WIDE)
    if not _WORTH_A_LOOK.search(folded):
        return ()
    found = sorted(
        (hit for look in _LOOKS for hit in look(folded) if hit.trace in traces), key=lambda hit: (hit.start, -hit.end)
    )
    kept: list[Hit] = []
    for hit in found:
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return tuple(kept)


def scrub(text: str, traces: frozenset[Trace] = ALL) -> str:
    """``text`` with a word in place of each trace: "〔手机号〕"."""
    return _written(text, find(text, traces), lambda hit: f"〔{hit.trace}〕")


def masked(text: str) -> str:
    """``text`` with the citizen's numbers reduced to their ends and his name to its surname: for who handles the matter."""
    return _written(text, find(text, _MASKS), lambda hit: _ends(hit.trace, text[hit.start : hit.end]))


_MASKS = frozenset({Trace.MOBILE, Trace.LANDLINE, Trace.IDENTITY, Trace.CARD, Trace.EMAIL, Trace.ACCOUNT, Trace.NAME})


def _ends(trace: Trace, said: str) -> str:
    plain = numbers.digits(said.translate(_WIDE)).removeprefix("+86")
    if trace is Trace.MOBILE:
        return ends(plain.translate(numbers.SPOKEN)[-11:])
    if trace is Trace.IDENTITY:
        return f"{plain[:3]}{'*' * (len(plain) - 7)}{plain[-4:]}"
    if trace is Trace.NAME:
        return said[0] + "*" * max(len(said) - 1, 1)
    if trace is Trace.EMAIL:
        return ends(said)
    return f"{plain[:2]}****{plain[-2:]}"


def _written(text: str, hits: tuple[Hit, ...], instead: Callable[[Hit], str]) -> str:
    parts, at = [], 0
    for hit in hits:
        parts += [text[at : hit.start], instead(hit)]
        at = hit.end
    return "".join([*parts, text[at:]]) if hits else text


def _numbers(text: str) -> Iterator[Hit]:
    for found in _NUMBER.finditer(text):
        group = found.lastgroup or ""
        plain = numbers.digits(found[group])
        start, end = found.span(group)
        called = bool(_NAMED.search(text, max(0, start - 12), start))
        trace = _number(group, plain, called=called)
        if trace and not valid(plain):
            yield Hit(trace, start, end)


def _number(group: str, plain: str, *, called: bool) -> Trace | None:
    if group == "mobile":
        return Trace.MOBILE
    if group in ("landline", "local"):
        return Trace.LANDLINE
    if group == "identity" and numbers.identity(plain, named=called):
        return Trace.IDENTITY
    if group == "old":
        return Trace.IDENTITY if called and numbers.old_identity(plain) else None
    return Trace.CARD if plain.isdigit() and (numbers.card(plain) or called) else None


def _spoken(text: str) -> Iterator[Hit]:
    for found in _SPOKEN.finditer(text):
        if found[0].isascii():
            continue
        number = _MOBILE.search(found[0].translate(numbers.SPOKEN))
        if number:
            yield Hit(Trace.MOBILE, found.start() + number.start(), found.start() + number.end())


_OTHERS = {"plate": Trace.PLATE, "email": Trace.EMAIL, "account": Trace.ACCOUNT}


def _others(text: str) -> Iterator[Hit]:
    for found in _OTHER.finditer(text):
        group = found.lastgroup or ""
        official = group == "email" and found[group].lower().endswith(".gov.cn")
        if not official and not _HOTLINES.fullmatch(found[group]):
            yield Hit(_OTHERS[group], *found.span(group))


def _people(text: str) -> Iterator[Hit]:
    for pattern, trace in ((NAMES, Trace.NAME), (ROOMS, Trace.ROOM), (AGES, Trace.AGE), (POSTS, Trace.POST)):
        for found in pattern.finditer(text):
            yield Hit(trace, *found.span(found.lastgroup or 0))


_LOOKS: tuple[Callable[[str], Iterator[Hit]], ...] = (_numbers, _spoken, _others, _people)
