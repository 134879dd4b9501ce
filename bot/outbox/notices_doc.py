"""Writes what a citizen gets of each notice, on each channel, by running the planner: ``python -m bot.outbox.notices_doc``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.outbox.ledger import UNCOUNTED, Ledger
from bot.outbox.planner import LIGHT, Case, Elsewhere, Line, Plan, Sender, Step, plan
from bot.outbox.priority import Priority
from channels import registry
from channels.adapter import Channel
from channels.capabilities import Permit, Route
from channels.message import Address, Notice, Trigger
from dialog.notices import NOTICES

_NOW = datetime(2026, 1, 1, 4, tzinfo=UTC)
_LATER = _NOW + timedelta(hours=1)
_PAGE = """\
# What a citizen gets, and by which way

Written by the planner itself (`bot/outbox/planner.py`) from the channels' literals; do not edit by hand
(`python -m bot.outbox.notices_doc > docs/notices.md`).

Answers to what a citizen has just written are not in these tables: they ride on the response to his own call where the
channel allows it. In the quiet hours (免打扰时段) every notice waits for the morning, those of a danger to life excepted.
`minsheng explain <ticket or message id>` says of any real message why it went the way it went.

- 直接 direct: a free message in the chat. 模板 template: a registered template message. 订阅 subscription: one he gave his
  leave for.
- 短信 SMS: to the phone he proved to be his, where he agreed (可以用别的渠道通知我).
- 电话 call: a task for an agent to telephone. 人工 person: shown among the letters that did not go out.
- – nothing is sent; 查询 answers it in the chat at any time.
"""
_WAYS: Mapping[tuple[Step, str], str] = {
    (Step.SEND, Route.DIRECT): "直接 direct",
    (Step.SEND, Route.TEMPLATE): "模板 template",
    (Step.SEND, Route.SUBSCRIPTION): "订阅 subscription",
    (Step.READDRESS, ""): "短信 SMS",
    (Step.CALL, "call"): "电话 call",
    (Step.CANCEL, ""): "–",
    (Step.DEAD, ""): "人工 person",
}
_ALONE, _BOUND, _HERE = "no other way known", "phone bound, he agreed", "只在这里回复我"


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield from _PAGE.splitlines()
    for name in registry.known():
        if registry.load(name).capabilities.routes:
            yield ""
            yield from _channel(registry.load(name))


def _channel(channel: Channel) -> Iterator[str]:
    yield f"## {channel.title} ({channel.name})"
    yield ""
    if channel.capabilities.at_home:
        yield "Read from our own store: every notice stands in the chat the moment it is committed, whatever the hour."
        return
    situations = _situations(channel)
    yield f"| notice | {' | '.join(situations)} |"
    yield "|---" * (len(situations) + 1) + "|"
    groups: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for key in (*NOTICES, *sorted(LIGHT)):
        groups.setdefault(tuple(_row(channel, key, elsewhere) for elsewhere in _knowing(channel)), []).append(key)
    most = max(groups.values(), key=len)
    for rows, alike in groups.items():
        named = "every other" if alike is most else ", ".join(_named(key) for key in alike)
        for elsewhere, cells in zip(_knowing(channel), rows, strict=True):
            yield f"| {named}: {elsewhere} | {' | '.join(cells)} |"


def _named(key: str) -> str:
    name = NOTICES.get(key, "")
    return f"`{key}` {name}".rstrip()


def _knowing(channel: Channel) -> tuple[str, ...]:
    return (_ALONE,) if channel.capabilities.phone_addressed else (_ALONE, _BOUND, _HERE)


def _row(channel: Channel, key: str, elsewhere: str) -> tuple[str, ...]:
    found = []
    for case in _situations(channel).values():
        told = replace(case, body=Notice(key), line=_registered(case.line, key), only_here=elsewhere == _HERE)
        told = replace(told, elsewhere=(_phone(),) if elsewhere == _BOUND else ())
        found.append(_cell(plan(told, now=_NOW)))
    return tuple(found)


def _cell(chosen: Plan) -> str:
    return _WAYS[chosen.step, chosen.route]


_ANY = frozenset({"*"})
"""Stands for whichever notice is asked about."""
_LEAVE = Permit("T")


def _registered(line: Line, key: str) -> Line:
    """The line with the registered template, or the one that needs his leave, being this notice's."""
    templates = frozenset({key}) if line.templates else line.templates
    return replace(line, templates=templates, permits={key: _LEAVE} if line.permits else {})


def _phone() -> Elsewhere:
    """A line that carries any words: of a provider's templates each notice needs its own."""
    texts = next(
        one
        for one in map(registry.load, registry.known())
        if one.capabilities.phone_addressed and one.capabilities.routes
    )
    return Elsewhere(address=Address(texts.name, "city", "13800000000"), line=Line(capabilities=texts.capabilities))


def _situations(channel: Channel) -> Mapping[str, Case]:
    """What may hold when a notice is planned, each with a case that lacks only the notice."""
    can = channel.capabilities
    line = Line(capabilities=can)
    at_any_time = Case(body=Notice(""), sender=Sender.SYSTEM, priority=Priority.NOTICE, line=line)
    templated, permitted = replace(line, templates=_ANY), replace(line, permits={next(iter(_ANY)): _LEAVE})
    found: dict[str, Case] = {}
    if can.windows:
        count = can.windows[Trigger.MESSAGE].count
        full = Ledger(UNCOUNTED if count is None else count, _LATER)
        inside = (
            {"inside the window": full}
            if count is None
            else {f"inside the window, {left} left": Ledger(left, _LATER) for left in (count, 2, 1)}
        )
        found |= {title: replace(at_any_time, ledger=ledger) for title, ledger in inside.items()}
        found["outside"] = at_any_time
        if Route.SUBSCRIPTION in can.routes:
            found["outside, he allowed one (订阅)"] = replace(at_any_time, line=permitted, allowed={_LEAVE.template: 1})
        if Route.TEMPLATE in can.routes:
            found["outside, a template registered"] = replace(at_any_time, line=templated)
        at_any_time = replace(at_any_time, ledger=full)
    elif Route.TEMPLATE in can.routes:
        found["any words may be sent"] = at_any_time
        found["templates only, one for it"] = replace(at_any_time, line=replace(templated, free_text=False))
        found["templates only, none for it"] = replace(at_any_time, line=replace(line, free_text=False))
    else:
        found["any time"] = at_any_time
    found["he left or blocked us"] = replace(at_any_time, unreachable=True)
    found["he refused notices (退订)"] = replace(at_any_time, opted_out=True)
    return found


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines()) + "\n")
