"""不知道: what the knowledge base cannot answer goes to its editors, to a unit's expert, and back to who asked."""

from __future__ import annotations

import math

from dialog.acts import Act, InviteExpert, Unanswered, WantsTold
from dialog.districts import district_of
from dialog.flow import Place, Talk
from dialog.flows import report
from dialog.intents import said_whole
from dialog.knowledge.owner import suggest_owner
from dialog.turn import Turn

UNKNOWN, REGISTER = Place("consult", "unknown"), Place("consult", "register")
_MINUTE = 60


def asked(talk: Talk) -> dict[str, str]:
    """The question under way and the message that asked it; where none is, this message."""
    slots = talk.slots if talk.memory.flow == UNKNOWN.flow and talk.slots.get("question") else {}
    return {
        "question": slots.get("question") or talk.inbound.text,
        "ref": slots.get("ref") or talk.inbound.id,
    }


def admit(talk: Talk, *, of: dict[str, str] | None = None) -> Turn:
    """We do not know; somebody will. Asks once whether the citizen wants to be told."""
    this = of or {"question": talk.inbound.text, "ref": talk.inbound.id}
    acts: list[Act] = [Unanswered(this["question"], this["ref"])]
    if unit := _expert(talk, this["question"]):
        wait = talk.city.policy.three_way.wait.roughly.total_seconds()
        acts.append(InviteExpert(unit, this["question"]))
        name, minutes = talk.city.units.get(unit, unit), max(1, math.ceil(wait / _MINUTE))
        return talk.reply("consult.expert", acts=acts, unit=name, minutes=minutes)
    return talk.reply("consult.none", to=UNKNOWN, slots=this, acts=acts)


def _expert(talk: Talk, question: str) -> str:
    """The unit that should answer, where one of its experts is at his desk and the policy lets the bot ask him."""
    if not talk.view.experts or not talk.city.policy.three_way.auto:
        return ""
    city, district = talk.city, district_of(talk.text, talk.city)
    near = city.knowledge.ask(question, today=talk.now.date(), district=district)
    owner = suggest_owner(
        question,
        directory=city.directory,
        catalogue=city.catalogue,
        near=near,
        today=talk.now.date(),
        district=district,
    )
    return owner.unit if owner and owner.unit in talk.view.experts else ""


def hear(talk: Talk) -> Turn | None:
    """要 or 不用, or 登记 after all; anything else is a new question."""
    if said_whole("report", talk.text):
        return report.from_question(talk, talk.slots.get("question", ""))
    if said_whole("tell_me", talk.text):
        return talk.reply("consult.will_tell", acts=[WantsTold(talk.slots["ref"])], to=REGISTER, slots=talk.slots)
    if talk.text.startswith("不用") or said_whole("no", talk.text):
        return talk.reply("consult.will_not_tell")
    return None
