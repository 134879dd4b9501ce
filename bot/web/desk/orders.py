"""The orders an officer may give at the desk, as forms: what each asks, and which the life cycle would take now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.web.desk.forms import UNITS, Among, Blank, Form, note
from bot.web.desk.petitions import PETITIONS
from bot.words import desk as w
from bot.words import supervision as supervision_words
from tickets.clocks.watch import numbered
from tickets.lifecycle import advance
from tickets.limits.calendar import Calendar
from tickets.orders import Command, NotAllowed, Order
from tickets.policy import Policy
from tickets.privacy.access import Officer
from tickets.ticket import Role, Ticket
from tickets.units import Directory

_CITIZEN_READS = "市民会看到这段话"
FORMS: tuple[Form, ...] = (
    Form(Command.ACCEPT, Role.AGENT, weight="main"),
    Form(
        Command.DISPATCH,
        Role.DISPATCHER,
        (
            Blank("lead", "首接责任单位", UNITS),
            Blank("co", "协办单位（可多选，可不选）", UNITS, required=False, several=True),
            Blank("because", "派单依据（可不填）", required=False),
            note("给承办单位的话（可不填）"),
        ),
        weight="main",
    ),
    Form(Command.SIGN, Role.UNIT, weight="main"),
    Form(Command.CONTACT, Role.UNIT, (Blank("method", "联系方式", w.METHODS), note()), weight="main"),
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
    Form(Command.REVIEW_REJECT, Role.REVIEWER, (Blank("fault", "退回原因", w.FAULTS), note())),
    Form(Command.CLOSE_WITHOUT_CALLBACK, Role.REVIEWER, (Blank("waiver", "免回访原因", w.WAIVERS),), weight="grave"),
    Form(Command.REDO, Role.REVIEWER, (Blank("cause", "原因", w.REDO_CAUSES), note()), weight="main"),
    Form(
        Command.EXPLAIN,
        Role.REVIEWER,
        (Blank("cause", "原因", w.EXPLAIN_CAUSES), Blank("text", "说明", lines=3)),
        weight="grave",
    ),
    Form(Command.REOPEN, Role.AGENT, (Blank("repeat", "为什么", w.REOPENINGS, required=False), note())),
    Form(Command.RESTORE, Role.AGENT),
    Form(Command.ANSWER_FROM_KB, Role.AGENT, (Blank("public_reply", "答复内容", lines=4),), hint=_CITIZEN_READS),
    Form(Command.URGE, Role.AGENT),
    Form(Command.SUPPLEMENT, Role.AGENT, (Blank("text", "补充内容", lines=2),)),
    Form(
        Command.RAISE_URGENCY,
        Role.DISPATCHER,
        (Blank("urgency", "紧急程度", {code: w.URGENCIES[code] for code in ("critical", "urgent")}),),
    ),
    Form(
        Command.REWRITE,
        Role.AGENT,
        (Blank("text", "转派文字", lines=4),),
        hint="承办单位只能看到这段文字：请写清事情，不写能认出市民的内容。",
    ),
    Form(Command.KEEP_SECRET, Role.AGENT, hint="此后承办单位看不到市民是谁。", weight="grave"),
    *PETITIONS,
    Form(Command.DIVERT_EMERGENCY, Role.AGENT, hint="已转110、119或120处置时使用。", weight="grave"),
)
BY_COMMAND: Mapping[str, Form] = {form.command.value: form for form in FORMS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A ticket as it stands, with everything its next orders are judged by."""

    ticket: Ticket
    officer: Officer = field(repr=False)
    policy: Policy
    calendar: Calendar = field(repr=False)
    directory: Directory = field(repr=False)
    now: datetime

    def known(self, among: Among) -> Mapping[str, str]:
        """What a blank may name: units by code, supervisions by number with their grade."""
        if among is Among.SUPERVISIONS:
            open_ = [one for one in self.ticket.supervisions if one.open]
            return {one.number: f"{one.number}({supervision_words.LEVELS[one.level]})" for one in open_}
        if among is Among.HELPERS:
            codes = [one.unit for one in self.ticket.helping if one.under_way]
            return {code: unit.name for code in codes if (unit := self.directory.get(code))}
        day = self.calendar.local(self.now).date()
        below = among is Among.BELOW
        found = self.directory.below(self.ticket.lead_unit) if below else tuple(self.directory)
        return {unit.code: unit.name for unit in found if unit.in_force(day)}

    def forms(self) -> Iterator[Form]:
        """The forms whose order the life cycle would take now from this officer; it is asked itself, with samples in the
        blanks and, where it may not be the one who asked, as somebody of his role."""
        return (form for form in FORMS if any(map(self._taken, self._samples(form))))

    def _taken(self, order: Order) -> bool:
        judged = {"policy": self.policy, "calendar": self.calendar, "directory": self.directory, "now": self.now}
        try:
            advance(self.ticket, numbered(order, lambda: "?"), **judged)  # type: ignore[arg-type]
        except NotAllowed:
            return False
        return True

    def _samples(self, form: Form) -> Iterator[Order]:
        """The form's orders, once for each supervision where it asks for one."""
        samples = {blank.name: self._sample(blank) for blank in form.blanks}
        asked = any(blank.choices is Among.SUPERVISIONS for blank in form.blanks)
        somebody = replace(self.officer, account="?")
        for number in self.known(Among.SUPERVISIONS) if asked else ("",):
            filled = samples | {"number": number} if asked else samples
            yield from form.orders(filled, officer=somebody, lead=self.ticket.lead_unit)

    def _sample(self, blank: Blank) -> str:
        """Something the life cycle would take: of units one that has nothing to do with the ticket yet."""
        if not isinstance(blank.choices, Among):
            return blank.sample
        if not blank.required:
            return ""
        involved = {one.unit for one in self.ticket.assignments} | {self.ticket.respondent_unit}
        known = self.known(blank.choices)
        free = (code for code in known if blank.choices is Among.HELPERS or code not in involved)
        return next(free, blank.example)
