"""The orders an officer may give at the desk, as forms: what each asks, and which the life cycle would take now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.web import desk_words as w
from tickets.calendar import Calendar
from tickets.lifecycle import advance
from tickets.orders import Command, NotAllowed, Order
from tickets.policy import Policy
from tickets.ticket import Actor, Role, Ticket

UNITS: Mapping[str, str] = {}
"""Stands for the city's units in a form's table: they are filled in for each ticket."""


@dataclass(frozen=True, slots=True)
class Blank:
    """One thing a form asks: ``choices`` of code and name make a list, ``lines`` the height of a text."""

    name: str
    label: str
    choices: Mapping[str, str] | None = None
    required: bool = True
    lines: int = 1

    @property
    def sample(self) -> str:
        """What the life cycle is asked with, before the officer filled anything in."""
        return next(iter(self.choices), "?") if self.choices else "?"


@dataclass(frozen=True, slots=True)
class Form:
    """One order: who gives it, and what he must tell."""

    command: Command
    role: Role
    blanks: tuple[Blank, ...] = ()
    hint: str = ""
    weight: str = field(default="")
    """"main" for the usual next step, "grave" for one that cannot be taken back."""

    @property
    def title(self) -> str:
        """The words on the button."""
        return w.COMMANDS[self.command]

    @property
    def by(self) -> str:
        """Whose order it is."""
        return w.ROLES[self.role]

    def order(self, given: Mapping[str, str], *, officer: str, unit: str) -> Order:
        """The order, from what was filled in; for a unit's own orders ``unit`` is whom the officer acts for."""
        data = {one.name: given[one.name].strip() for one in self.blanks if given.get(one.name, "").strip()}
        return Order(self.command, Actor(self.role, unit if self.role is Role.UNIT else officer), data)


def _note(label: str = "备注（可不填）") -> Blank:
    return Blank("note", label, required=False)


_CITIZEN_READS = "市民会看到这段话"
FORMS: tuple[Form, ...] = (
    Form(Command.ACCEPT, Role.AGENT, weight="main"),
    Form(
        Command.DISPATCH,
        Role.DISPATCHER,
        (Blank("lead", "首接责任单位", UNITS), _note("给承办单位的话（可不填）")),
        weight="main",
    ),
    Form(Command.SIGN, Role.UNIT, weight="main"),
    Form(Command.CONTACT, Role.UNIT, (Blank("method", "联系方式", w.METHODS), _note()), weight="main"),
    Form(
        Command.SUBMIT_REPLY,
        Role.UNIT,
        (
            Blank("public_reply", "答复内容", lines=4),
            Blank("closing_kind", "办结类型", w.CLOSINGS),
            Blank("signer", "签发人（可不填）", required=False),
            Blank("internal_note", "内部说明（可不填，市民看不到）", required=False, lines=2),
        ),
        hint="审核通过后市民会看到答复内容，请勿写手机号、身份证号。",
        weight="main",
    ),
    Form(Command.INTERIM, Role.UNIT, (Blank("text", "进展", lines=3),), hint=_CITIZEN_READS),
    Form(Command.REVIEW_PASS, Role.REVIEWER, hint="答复随即送达市民，并在稍后回访。", weight="main"),
    Form(Command.REVIEW_REJECT, Role.REVIEWER, (Blank("fault", "退回原因", w.FAULTS), _note())),
    Form(Command.CLOSE_WITHOUT_CALLBACK, Role.REVIEWER, (Blank("waiver", "免回访原因", w.WAIVERS),), weight="grave"),
    Form(Command.REDO, Role.REVIEWER, (Blank("cause", "原因", w.REDO_CAUSES), _note()), weight="main"),
    Form(
        Command.EXPLAIN,
        Role.REVIEWER,
        (Blank("cause", "原因", w.EXPLAIN_CAUSES), Blank("text", "说明", lines=3)),
        weight="grave",
    ),
    Form(Command.REOPEN, Role.AGENT, (_note(),)),
    Form(Command.RESTORE, Role.AGENT),
    Form(Command.ANSWER_FROM_KB, Role.AGENT, (Blank("public_reply", "答复内容", lines=4),), hint=_CITIZEN_READS),
    Form(Command.URGE, Role.AGENT),
    Form(Command.SUPPLEMENT, Role.AGENT, (Blank("text", "补充内容", lines=2),)),
    Form(
        Command.RAISE_URGENCY,
        Role.DISPATCHER,
        (Blank("urgency", "紧急程度", {code: w.URGENCIES[code] for code in ("critical", "urgent")}),),
    ),
    Form(Command.DIVERT_EMERGENCY, Role.AGENT, hint="已转110、119或120处置时使用。", weight="grave"),
)
BY_COMMAND: Mapping[str, Form] = {form.command.value: form for form in FORMS}


def offered(ticket: Ticket, *, policy: Policy, calendar: Calendar, now: datetime) -> Iterator[Form]:
    """The forms whose order the life cycle would take now; it is asked itself, with samples in the blanks."""
    for form in FORMS:
        samples = {blank.name: blank.sample for blank in form.blanks}
        try:
            advance(
                ticket,
                form.order(samples, officer="?", unit=ticket.lead_unit),
                policy=policy,
                calendar=calendar,
                now=now,
            )
        except NotAllowed:
            continue
        yield form
