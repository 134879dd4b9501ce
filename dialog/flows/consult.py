"""咨询: an answer with its source, a choice of questions, or the honest word that we do not know."""

from __future__ import annotations

import re

from channels.message import Choice
from dialog.acts import Act, Answered, Disputed, Helped, Unanswered, Wrong
from dialog.districts import district_of
from dialog.flow import Flow, Place, Talk
from dialog.flows import report, unknown
from dialog.flows.unknown import REGISTER, asked
from dialog.intents import bare, heard, only_an_answer, said_whole
from dialog.knowledge.entry import PARTS, Entry
from dialog.knowledge.policy import Outcome, Verdict
from dialog.turn import Turn
from tickets.appeal import Solved

SOLVED = Place("consult", "solved")
OFFERED = Place("consult", "offered")
ASKED = Place("consult", "asked")
_ROOM = re.compile(r"(\d{1,2})(?:度|℃)")
_WARM_ENOUGH = 18
_HEATING = "0402"


def ask(talk: Talk) -> Turn:
    """The citizen wants to ask: what?"""
    return talk.reply("consult.ask", to=ASKED)


def look_up(talk: Talk) -> Turn | None:
    """Answer or offer; None when the knowledge base has nothing near."""
    outcome: Outcome = talk.city.knowledge.ask(
        talk.inbound.text, today=talk.now.date(), district=district_of(talk.text, talk.city)
    )
    if outcome.verdict is Verdict.ANSWER:
        return answer(talk, outcome.found[0].entry)
    if outcome.verdict is Verdict.OFFER:
        return _offer(talk, [found.entry for found in outcome.found])
    return None


def _hear_asked(talk: Talk) -> Turn | None:
    return None if only_an_answer(talk.text) else look_up_or_admit(talk)


def look_up_or_admit(talk: Talk) -> Turn:
    """As :func:`look_up`, but never silent: an unanswered question becomes work for the editors."""
    return look_up(talk) or unknown.admit(talk)


def answer(talk: Talk, entry: Entry) -> Turn:
    """The answer, where it comes from, and whether it solved the question."""
    key = "consult.source" if entry.source else "consult.source_plain"
    source = talk.phrases(
        key, source=f"{entry.source}{entry.clause}", entry=entry.id, checked=entry.checked.isoformat()
    )
    told = "\n".join([entry.answer, *_parts(talk, entry), source])
    acts = [Answered(entry.id)]
    slots = {"entry": entry.id, **asked(talk)}
    if observed := _observed(talk, entry):
        text = f"{told}\n{observed}{talk.phrases('consult.register')}"
        return talk.say(text, acts=acts, to=REGISTER, slots={**slots, "observed": True})
    text = f"{told}\n{talk.phrases('consult.solved')}"
    return talk.say(text, acts=acts, to=SOLVED, slots=slots, choices=_solved(talk, entry.id))


def _parts(talk: Talk, entry: Entry) -> list[str]:
    """Conditions, papers, steps … of a service, where the channel has room for them."""
    if talk.view.brief:
        return []
    return [talk.phrases(f"consult.part.{name}", text=text) for name in PARTS if (text := getattr(entry, name))]


def _observed(talk: Talk, entry: Entry) -> str:
    """What the citizen told beside the question that we can act on."""
    room = _ROOM.search(talk.text)
    if entry.category == _HEATING and room and int(room[1]) < _WARM_ENOUGH:
        return talk.phrases("consult.too_cold", degrees=room[1])
    return ""


def _solved(talk: Talk, entry_id: str) -> list[Choice]:
    return [
        talk.choice(f"kb:{entry_id}:solved", "consult.solved_yes", "1"),
        talk.choice(f"kb:{entry_id}:unsolved", "consult.solved_no", "2"),
    ]


def _offer(talk: Talk, entries: list[Entry]) -> Turn:
    choices = [Choice(f"kb:{entry.id}", entry.question, str(at)) for at, entry in enumerate(entries, 1)]
    none = talk.choice("kb:none", "consult.none_of_these", str(len(entries) + 1))
    text = talk.phrases("consult.offer")
    slots = {"offered": [entry.id for entry in entries], "question": talk.inbound.text, "ref": talk.inbound.id}
    if talk.view.buttons:
        return talk.say(text, to=OFFERED, slots=slots, choices=[*choices, none])
    listed = "\n".join(f"{one.keyword} {one.label}" for one in choices)
    return talk.say(f"{text}\n{listed}", to=OFFERED, slots=slots)


def _hear_solved(talk: Talk) -> Turn | None:
    entry = talk.slots.get("entry", "")
    if disputed := _hear_wrong(talk, entry):
        return disputed
    if said_whole("solved", talk.text):
        return talk.reply("consult.thanks", acts=[Helped(entry, Solved.SOLVED)])
    if said_whole("unsolved", talk.text):
        return _unsolved(talk, entry)
    return None


def _unsolved(talk: Talk, entry: str) -> Turn:
    """The answer did not help: a gap too, where we still know what was asked."""
    acts: list[Act] = [Helped(entry, Solved.UNSOLVED)]
    slots = {"entry": entry}
    if talk.memory.flow == FLOW.name and talk.slots.get("question"):
        slots |= asked(talk)
        acts.append(Unanswered(slots["question"], slots["ref"], entry))
    return talk.reply("consult.not_solved", acts=acts, to=REGISTER, slots=slots)


def _hear_wrong(talk: Talk, entry: str) -> Turn | None:
    """答案不对, 过期了: the entry's owner looks at it."""
    how = next((how for how in Wrong if heard(how, talk.text)), None)
    if how is None or not entry:
        return None
    known = talk.city.knowledge.get(entry)
    unit = talk.city.units.get(known.owner_unit, "") if known else ""
    acts: list[Act] = [Helped(entry, Solved.UNSOLVED), Disputed(entry, how, talk.inbound.text)]
    slots = {"entry": entry, **asked(talk)}
    return talk.reply(
        "consult.disputed", acts=acts, to=REGISTER, slots=slots, unit=unit or talk.phrases("consult.owner")
    )


def _hear_register(talk: Talk) -> Turn | None:
    """登记 or 不用, after an answer that may not be enough."""
    if disputed := _hear_wrong(talk, talk.slots.get("entry", "")):
        return disputed
    if said_whole("yes", talk.text):
        question = talk.slots.get("question", "")
        return report.from_question(talk, question, wrong=talk.slots.get("observed", False))
    if talk.text.startswith("不用") or said_whole("no", talk.text):
        entry = talk.slots.get("entry", "")
        if not entry:
            return talk.reply("greet.thanks")
        return talk.reply("consult.not_now", to=SOLVED, slots=talk.slots, choices=_solved(talk, entry))
    return _hear_solved(talk) if talk.slots.get("entry") else None


def _hear_offered(talk: Talk) -> Turn | None:
    offered = talk.slots.get("offered", [])
    said = bare(talk.text)
    if said.isdigit() and 1 <= int(said) <= len(offered):
        return _chosen(talk, offered[int(said) - 1])
    if said in {"都不是", str(len(offered) + 1), "不是"}:
        return _none(talk)
    return None


def _none(talk: Talk) -> Turn:
    """None of those that were offered."""
    if talk.memory.flow == FLOW.name and talk.slots.get("question"):
        return unknown.admit(talk, of=asked(talk))
    return ask(talk)  # a choice tapped long after: we no longer know what was asked


def _chosen(talk: Talk, entry_id: str) -> Turn | None:
    entry = talk.city.knowledge.get(entry_id)
    if entry is None or not entry.served_on(talk.now.date()):
        return None
    return answer(talk, entry)


def tapped(talk: Talk) -> Turn | None:
    """A tapped choice of ours: an entry, or whether it helped."""
    _, entry_id, *verdict = talk.inbound.choice.split(":")
    if entry_id == "none":
        return _none(talk)
    if not verdict:
        return _chosen(talk, entry_id)
    if verdict[0] == "solved":
        return talk.reply("consult.thanks", acts=[Helped(entry_id, Solved.SOLVED)])
    return _unsolved(talk, entry_id)


FLOW = Flow(
    "consult",
    steps={
        "solved": _hear_solved,
        "register": _hear_register,
        "unknown": unknown.hear,
        "offered": _hear_offered,
        "asked": _hear_asked,
    },
    begins={"consult": ask},
    choices={"kb": tapped},
)
