"""咨询: an answer with its source, a choice of questions, or the honest word that we do not know."""

from __future__ import annotations

import re

from channels.message import Choice
from dialog.districts import district_of
from dialog.flow import Flow, Place, Talk
from dialog.flows import report
from dialog.intents import bare, said_whole
from dialog.knowledge.entry import Entry
from dialog.knowledge.policy import Outcome, Verdict
from dialog.turn import Answered, Helped, Turn, Unanswered
from tickets.appeal import Solved

SOLVED = Place("consult", "solved")
REGISTER = Place("consult", "register")
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


def look_up_or_admit(talk: Talk) -> Turn:
    """As :func:`look_up`, but never silent: an unanswered question becomes work for the editors."""
    return look_up(talk) or admit(talk)


def admit(talk: Talk) -> Turn:
    """We do not know; a person will."""
    question = talk.inbound.text
    return talk.reply("consult.none", to=REGISTER, slots={"question": question}, acts=[Unanswered(question)])


def answer(talk: Talk, entry: Entry) -> Turn:
    """The answer, where it comes from, and whether it solved the question."""
    key = "consult.source" if entry.source else "consult.source_plain"
    source = talk.phrases(
        key, source=f"{entry.source}{entry.clause}", entry=entry.id, checked=entry.checked.isoformat()
    )
    told = f"{entry.answer}\n{source}"
    acts = [Answered(entry.id)]
    slots = {"entry": entry.id, "question": talk.inbound.text}
    if observed := _observed(talk, entry):
        text = f"{told}\n{observed}{talk.phrases('consult.register')}"
        return talk.say(text, acts=acts, to=REGISTER, slots={**slots, "observed": True})
    text = f"{told}\n{talk.phrases('consult.solved')}"
    return talk.say(text, acts=acts, to=SOLVED, slots=slots, choices=_solved(talk, entry.id))


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
    slots = {"offered": [entry.id for entry in entries], "question": talk.inbound.text}
    if talk.view.buttons:
        return talk.say(text, to=OFFERED, slots=slots, choices=[*choices, none])
    listed = "\n".join(f"{one.keyword} {one.label}" for one in choices)
    return talk.say(f"{text}\n{listed}", to=OFFERED, slots=slots)


def _hear_solved(talk: Talk) -> Turn | None:
    entry = talk.slots.get("entry", "")
    if said_whole("solved", talk.text):
        return talk.reply("consult.thanks", acts=[Helped(entry, Solved.SOLVED)])
    if said_whole("unsolved", talk.text):
        slots = {"entry": entry, "question": talk.slots.get("question", "")}
        return talk.reply("consult.not_solved", acts=[Helped(entry, Solved.UNSOLVED)], to=REGISTER, slots=slots)
    return None


def _hear_register(talk: Talk) -> Turn | None:
    """登记 or 不用, after an answer that may not be enough."""
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
    question = talk.slots.get("question", "")
    return talk.reply("consult.none", to=REGISTER, slots={"question": question}, acts=[Unanswered(question)])


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
    solved = verdict[0] == "solved"
    act = Helped(entry_id, Solved.SOLVED if solved else Solved.UNSOLVED)
    if solved:
        return talk.reply("consult.thanks", acts=[act])
    return talk.reply("consult.not_solved", acts=[act], to=REGISTER, slots={"entry": entry_id, **_question(talk)})


def _question(talk: Talk) -> dict[str, str]:
    return {"question": talk.slots.get("question", "")} if talk.memory.flow == FLOW.name else {}


FLOW = Flow(
    "consult",
    steps={
        "solved": _hear_solved,
        "register": _hear_register,
        "offered": _hear_offered,
        "asked": look_up_or_admit,
    },
    begins={"consult": ask},
    choices={"kb": tapped},
)
