"""反映问题: at most three questions, then a ticket with what there is; nothing is submitted unconfirmed."""

from __future__ import annotations

import re
from dataclasses import replace

from dialog.acts import OpenTicket
from dialog.districts import locate
from dialog.flow import Flow, Place, Step, Talk
from dialog.flows import repeat
from dialog.flows.report_slots import (
    QUESTIONS_AT_MOST,
    SECRECY_ASKED,
    WORDS_ONLY,
    Gathered,
    begin,
    draft,
    hear,
    title,
    where,
)
from dialog.intents import only_an_answer, said_whole
from dialog.lexicon import fold
from dialog.matters import matter_of, troubled
from dialog.turn import Turn
from dialog.when import occurred
from tickets.appeal import AppealType
from tickets.limits.deadlines import due

WHAT, GATHER, CONFIRM = Place("report", "what"), Place("report", "gather"), Place("report", "confirm")
_BEGINNINGS = {
    "举报": AppealType.REPORT,
    "投诉": AppealType.COMPLAINT,
    "建议": AppealType.SUGGEST,
    "表扬": AppealType.PRAISE,
    "求助": AppealType.HELP,
}
_CHANGE = re.compile(r"^(地点|位置|时间|诉求|内容)(?:应该|应|要|请)?(?:改成|改为|是|:|：|改)\s*(.+)$")


def ask_what(talk: Talk) -> Turn:
    """The citizen wants to report, and has not said what."""
    kind = next((kind for word, kind in _BEGINNINGS.items() if word in talk.text), None)
    slots = {"type": kind.value} if kind else {}
    lead = f"{talk.phrases('report.secret_default')}\n" if kind is AppealType.REPORT else ""
    return talk.say(lead + talk.phrases("report.begin"), to=WHAT, slots=slots)


def start(talk: Talk, kind: AppealType | None = None) -> Turn:
    """A report that begins with its own words."""
    gathered = begin(talk, kind)
    return _go_on(talk, gathered, lead=_empathy(talk, gathered))


def from_question(talk: Talk, question: str, *, wrong: bool = False) -> Turn:
    """登记, after a question: the question is the matter. ``wrong`` when it tells of something to be put right."""
    text = fold(question)
    if not text or only_an_answer(text):
        return ask_what(talk)
    matter = matter_of(text)
    kind = AppealType(matter.type or AppealType.HELP) if wrong or troubled(text) else None
    return start(replace(talk.with_text(text), inbound=replace(talk.inbound, text=question, choice="")), kind)


def _empathy(talk: Talk, gathered: Gathered) -> str:
    if gathered.type is AppealType.REPORT:
        return talk.phrases("report.secret_default")
    if gathered.type in WORDS_ONLY:
        return ""
    harm = gathered.matter.harm
    if gathered.emotion >= 2 and harm and "睡" in talk.text:
        return talk.phrases("report.empathy_child" if "孩子" in talk.text else "report.empathy_sleep", harm=harm)
    return talk.phrases("report.empathy" if gathered.emotion >= 2 else "report.take")


def _go_on(talk: Talk, gathered: Gathered, *, lead: str = "") -> Turn:
    """Ask whether it is his earlier matter again, then the next thing that is missing, or show what was gathered."""
    if asked := repeat.look(talk, gathered):
        return asked
    question = _next(gathered)
    if question is None:
        return _confirm(talk, gathered, lead=lead if not gathered.asked else "")
    gathered = replace(gathered, asked=(*gathered.asked, question))
    return talk.say(lead + _question(talk, gathered, question), to=GATHER, slots=gathered.dump())


def _next(gathered: Gathered) -> str | None:
    if len(gathered.asked) >= QUESTIONS_AT_MOST or gathered.type in WORDS_ONLY:
        return None
    lacks = set(gathered.missing())
    if "where" in lacks and "where" not in gathered.asked:
        return "where"
    if "when" in lacks and not {"who", "when"} & set(gathered.asked):
        return "who" if gathered.matter.who and not gathered.respondent else "when"
    if gathered.type in SECRECY_ASKED and gathered.secret is None and "extras" not in gathered.asked:
        return "extras"
    return None


def _question(talk: Talk, gathered: Gathered, question: str) -> str:
    phrases, matter = talk.phrases, gathered.matter
    if question == "where":
        if gathered.type is AppealType.REPORT:
            return phrases("report.secret_who")
        return phrases("report.where", thing=matter.thing) if matter.thing else phrases("report.where_plain")
    if question == "who":
        return phrases("report.who_when", who=matter.who)
    if question == "when":
        return phrases("report.when")
    if not talk.view.media:
        return phrases("report.extras_plain")
    shop = "店" in matter.who or "店" in matter.thing
    return phrases("report.extras", respondent=phrases("report.respondent_shop" if shop else "report.respondent"))


def _confirm(talk: Talk, gathered: Gathered, *, lead: str = "") -> Turn:
    phrases = talk.phrases
    wanted = gathered.wanted or gathered.matter.wanted
    choices = [talk.choice("report:submit", "report.submit"), talk.choice("report:cancel", "report.cancel")]
    if gathered.type in WORDS_ONLY:
        text = phrases("report.confirm_plain", title=title(talk, gathered))
    else:
        unknown = phrases("report.unknown")
        text = phrases(
            "report.confirm",
            title=title(talk, gathered),
            wanted=phrases("report.wanted", wanted=wanted) if wanted else "",
            place=where(talk, gathered) or unknown,
            occurred=gathered.occurred or unknown,
            secret=phrases("report.yes" if gathered.secret else "report.no"),
        )
    return talk.say(lead + text, to=CONFIRM, slots=gathered.dump(), choices=choices)


def _hear_what(talk: Talk) -> Turn | None:
    if said_whole("cancel", talk.text):
        return cancelled(talk)
    if not talk.inbound.text.strip() and talk.inbound.location is None and not talk.inbound.attachments:
        return None
    if only_an_answer(talk.text):
        return again(talk)
    stored = talk.slots.get("type")
    return start(talk, AppealType(stored) if stored else None)


def _hear_gather(talk: Talk) -> Turn | None:
    if said_whole("cancel", talk.text):
        return cancelled(talk)
    before = Gathered.load(talk.slots)
    if said_whole("send", talk.text):
        # Enough of our questions: what was gathered is shown.
        return _confirm(talk, before) if before.texts else ask_what(talk)
    asked = before.asked[-1] if before.asked else ""
    only_files = bool(talk.inbound.attachments) and not talk.inbound.text.strip()
    after = hear(talk, before)
    if only_files and asked == "extras":
        # More photos may follow; secrecy is still unanswered, and no question is spent on it.
        text = talk.phrases("report.photos", count=len(after.files)) + talk.phrases("report.extras_plain")
        return talk.say(text, to=GATHER, slots=after.dump())
    after = _take_answer(talk, after, asked)
    return _go_on(talk, after, lead=_received(talk, before, after))


def _take_answer(talk: Talk, gathered: Gathered, asked: str) -> Gathered:
    """What was asked for is taken as the answer even where no rule recognises it."""
    said = talk.inbound.text.strip()
    if not said or said_whole("unclear", talk.text) or said_whole("no", talk.text):
        return gathered
    if asked == "where" and not gathered.place and len(said) <= 60:
        return replace(gathered, place=said)
    if asked in ("who", "when") and not gathered.occurred and not gathered.respondent and len(said) <= 40:
        return replace(gathered, occurred=said)
    return gathered


def _received(talk: Talk, before: Gathered, after: Gathered) -> str:
    if after.place and not before.place:
        return talk.phrases("report.got_place", place=after.place)
    return talk.phrases("report.understood")


def _hear_confirm(talk: Talk) -> Turn | None:
    gathered = Gathered.load(talk.slots)
    if said_whole("submit", talk.text):
        return _submit(talk, gathered)
    if said_whole("cancel", talk.text):
        return cancelled(talk)
    changed = _changed(talk, gathered)
    return repeat.look(talk, changed) or _confirm(talk, changed, lead=talk.phrases("report.changed"))


def _changed(talk: Talk, gathered: Gathered) -> Gathered:
    """Whatever the citizen says instead of 提交 is a change or more of the matter."""
    if found := _CHANGE.match(talk.inbound.text.strip()):
        what, value = found.groups()
        if what in ("地点", "位置"):
            return replace(gathered, place=value, district=locate(value, talk.city).district or gathered.district)
        if what == "时间":
            return replace(gathered, occurred=occurred(value) or value)
        return replace(gathered, texts=(value, *gathered.texts[1:]))
    return hear(talk, gathered)


def _submit(talk: Talk, gathered: Gathered) -> Turn:
    fresh, made = talk.view.fresh, draft(talk, gathered)
    if talk.city.policy.accept.lacking(made.missing) and not made.alarm:
        text = talk.phrases("report.received", number=fresh.number, code=fresh.query_code)
        return talk.say(text + _offer(talk), acts=[OpenTicket(fresh, made)])
    by = due(talk.city.policy, talk.city.calendar, appeal=made.type, urgency=made.urgency, start=talk.now)
    text = talk.phrases("report.opened", number=fresh.number, code=fresh.query_code, due=talk.date(by))
    if made.missing and not talk.view.brief:
        text += talk.phrases("report.opened_incomplete")
    return talk.say(text + _offer(talk), acts=[OpenTicket(fresh, made)])


def _offer(talk: Talk) -> str:
    """Where notices need the citizen's leave, the moment he has something to be told of is the moment to ask for it."""
    page = talk.view.permit_page
    return talk.phrases("report.allow", page=page) if page else ""


def _hear_repeat(talk: Talk) -> Turn | None:
    if said_whole("cancel", talk.text):
        return cancelled(talk)
    heard = repeat.hear(talk) if talk.memory.step == repeat.ASKED.step else repeat.hear_explained(talk)
    return heard if isinstance(heard, Turn) else _go_on(talk, heard.gathered, lead=heard.lead)


def _tapped_repeat(talk: Talk) -> Turn | None:
    """An answer to a question that is no longer open means nothing."""
    asked = (talk.memory.flow, talk.memory.step) == (repeat.ASKED.flow, repeat.ASKED.step)
    return _hear_repeat(talk) if asked else None


def cancelled(talk: Talk) -> Turn:
    """取消: the report is dropped."""
    return talk.reply("report.cancelled")


def tapped(talk: Talk) -> Turn | None:
    """提交 or 取消 as buttons of the report that was shown."""
    if (talk.memory.flow, talk.memory.step) != (CONFIRM.flow, CONFIRM.step):
        return None
    return _submit(talk, Gathered.load(talk.slots)) if talk.inbound.choice == "report:submit" else cancelled(talk)


def again(talk: Talk) -> Turn:
    """继续: what was asked last, once more."""
    gathered = Gathered.load(talk.slots)
    if talk.memory.step == CONFIRM.step:
        return _confirm(talk, gathered)
    if talk.memory.step == GATHER.step and gathered.asked:
        return talk.say(_question(talk, gathered, gathered.asked[-1]), to=GATHER, slots=gathered.dump())
    return talk.reply("report.begin", to=WHAT, slots=talk.slots)


def _or_again(step: Step) -> Step:
    def taken(talk: Talk) -> Turn | None:
        if said_whole("restart", talk.text):
            return ask_what(talk)
        return again(talk) if said_whole("resume", talk.text) else step(talk)

    return taken


FLOW = Flow(
    "report",
    steps={
        "what": _or_again(_hear_what),
        "gather": _or_again(_hear_gather),
        "confirm": _or_again(_hear_confirm),
        "repeat": _or_again(_hear_repeat),
        "explained": _or_again(_hear_repeat),
    },
    begins={"report": ask_what},
    choices={"report": tapped, "repeat": _tapped_repeat},
)
