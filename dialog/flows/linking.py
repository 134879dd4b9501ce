"""绑定手机、认领工单: one citizen on many channels, joined by what he proves and parted again when he asks."""

from __future__ import annotations

import re

from channels.message import Inbound
from dialog.acts import Act, ClaimTicket, Elsewhere, HoldClaim, ProvePhone, SendCode, Unlink
from dialog.flow import Flow, Place, Talk
from dialog.flows import progress
from dialog.flows.mine import numbered
from dialog.intents import begun, said_whole
from dialog.lexicon import fold
from dialog.memory import Memory
from dialog.proofs import Asks, Offer, Verdict
from dialog.turn import Turn
from tickets.number import tail, valid

_NAME = "linking"
NUMBER, CODE, TAIL, CONSENT = (Place(_NAME, step) for step in ("number", "code", "tail", "consent"))
_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
_CODE = re.compile(r"^\D{0,8}(\d{6})\D{0,4}$")
_LAST_FOUR = re.compile(r"^\D{0,8}(\d{4})\D{0,4}$")
_CLAIM = re.compile(r"(?<!\d)(\d{13})\D{1,8}(\d{8})(?!\d)")
_MINUTE = 60


def offered(memory: Memory, inbound: Inbound) -> Offer | None:
    """What must be looked up before this message can be answered, None for almost every one. Letters prove nothing,
    anybody can write any sender; and what everybody reads is no secret."""
    if inbound.letter is not None or inbound.public:
        return None
    text = fold(inbound.text)
    if len(text) > 60 or not any(char.isdigit() for char in text):
        asks_text = memory.flow == _NAME and memory.step == TAIL.step and said_whole("text_me", text)
        return Offer(Asks.TEXT_HOLDER, ticket=memory.slots["number"]) if asks_text else None
    if begun(text) == "claim":
        return _claim(text)
    if begun(text) == "bind":
        return _phone(text)
    if memory.flow != _NAME:
        return None
    step = memory.step
    if step == NUMBER.step or (step == CODE.step and _PHONE.search(text)):
        return _phone(text)
    if step == CODE.step and (found := _CODE.match(text)):
        return Offer(Asks.PHONE, found[1])
    if step == TAIL.step and (found := _LAST_FOUR.match(text)):
        return Offer(Asks.TAIL, found[1], memory.slots["number"])
    return None


def _phone(text: str) -> Offer | None:
    found = _PHONE.search(text)
    return Offer(Asks.TEXT, "".join(found.groups())) if found else None


def _claim(text: str) -> Offer | None:
    found = _CLAIM.search(text)
    return Offer(Asks.CLAIM, found[2], found[1]) if found and valid(found[1]) else None


def bind(talk: Talk) -> Turn:
    """绑定手机."""
    if talk.inbound.verified_phone:
        return talk.reply("linking.vouched", tail=talk.inbound.verified_phone[-4:])
    if not talk.view.texts:
        return talk.reply("linking.no_texts")
    if _phone(talk.text):
        return _send(talk)
    if talk.view.phone_tail:
        return talk.reply("linking.another", to=NUMBER, tail=talk.view.phone_tail)
    return talk.reply("linking.number", to=NUMBER)


def _hear_number(talk: Talk) -> Turn | None:
    if _stops(talk):
        return talk.reply("linking.stopped")
    if _phone(talk.text):
        return _send(talk)
    return talk.aside("linking.no_number") if talk.text.isdigit() else None


def _send(talk: Talk) -> Turn:
    """A code to the number he gives, unless too many went there already."""
    offer = _phone(talk.text)
    if offer is None or talk.view.proof is not Verdict.RIGHT:
        return _refused(talk)
    ending = offer.given[-4:]
    act = SendCode(talk.inbound.id, offer.given)
    return talk.reply("linking.sent", acts=[act], to=CODE, slots={"tail": ending}, tail=ending, minutes=_minutes(talk))


def _send_holder(talk: Talk, number: str) -> Turn:
    """A code to the number the ticket knows, whose ending he has not shown that he knows."""
    if talk.view.proof is not Verdict.RIGHT:
        return _refused(talk)
    act = SendCode(talk.inbound.id, ticket=number)
    return talk.reply("linking.sent_holder", acts=[act], to=CODE, slots={"number": number}, minutes=_minutes(talk))


def _minutes(talk: Talk) -> int:
    return round(talk.city.policy.linking.code.roughly.total_seconds() / _MINUTE)


def _hear_code(talk: Talk) -> Turn | None:
    if _stops(talk):
        return talk.reply("linking.stopped")
    if _phone(talk.text):
        return _send(talk)
    if not _CODE.match(talk.text):
        return talk.aside("linking.not_come") if said_whole("not_come", talk.text) else None
    if talk.view.proof is not Verdict.RIGHT:
        return _refused(talk)
    number = talk.slots.get("number", "")
    acts: list[Act] = [ProvePhone(), *([ClaimTicket(number)] if number else [])]
    if number:
        return _joined(talk, acts, "linking.claimed", number=number, tail=tail(number))
    return _joined(talk, acts, "linking.bound", tail=talk.slots.get("tail", ""))


def claim(talk: Talk) -> Turn:
    """认领: a ticket somebody else wrote down for him, on the phone or at a counter."""
    offer = _claim(talk.text)
    if offer is None:
        return talk.reply("linking.claim_how")
    if one := numbered(offer.ticket, talk.view.tickets):
        return progress.tell(talk, one)
    if talk.view.proof is not Verdict.RIGHT:
        return _refused(talk)
    slots = {"number": offer.ticket}
    key = "linking.whose" if talk.view.texts else "linking.whose_tail"
    return talk.reply(key, acts=[HoldClaim(offer.ticket)], to=TAIL, slots=slots, tail=tail(offer.ticket))


def _hear_tail(talk: Talk) -> Turn | None:
    number = talk.slots.get("number", "")
    if _stops(talk):
        return talk.reply("linking.stopped")
    if said_whole("text_me", talk.text):
        return _send_holder(talk, number) if talk.view.texts else talk.aside("linking.no_texts")
    if not _LAST_FOUR.match(talk.text):
        return None
    if talk.view.proof is not Verdict.RIGHT:
        return _refused(talk)
    return _joined(talk, [ClaimTicket(number)], "linking.claimed", number=number, tail=tail(number))


def awaits(talk: Talk) -> bool:
    """Four digits are awaited, and these are four: "0000" is the end of a phone here, not a wish to hear no more."""
    return (talk.memory.flow, talk.memory.step) == (TAIL.flow, TAIL.step) and bool(_LAST_FOUR.match(talk.text))


def _refused(talk: Talk) -> Turn:
    """Why not; never whether the number or the code was the wrong one."""
    found = talk.view.proof or Verdict.OVER
    if found is Verdict.WRONG and talk.memory.flow == _NAME:
        return talk.aside("linking.wrong")
    return talk.reply(f"linking.{found.value}")


def _joined(talk: Talk, acts: list[Act], key: str, **params: object) -> Turn:
    """Done; and, the first time, whether we may write to the other places too."""
    text = talk.phrases(key, **params)
    if talk.view.elsewhere is not None:
        return talk.say(text, acts=acts)
    return talk.say(text + talk.phrases("linking.consent"), acts=acts, to=CONSENT)


def vouched(talk: Talk) -> Turn | None:
    """The channel itself proved his number just now (a contact card): said back, and asked the same."""
    phone = talk.inbound.verified_phone
    known = talk.view.phone_is_address or talk.view.elsewhere is not None
    if not phone or known or talk.memory.flow or talk.text != phone:
        return None
    return _joined(talk, [], "linking.bound", tail=phone[-4:])


def _hear_consent(talk: Talk) -> Turn | None:
    if said_whole("yes", talk.text):
        return elsewhere(talk)
    return only_here(talk) if said_whole("no", talk.text) else None


def elsewhere(talk: Talk) -> Turn:
    """可以用别的渠道通知我."""
    return talk.reply("linking.elsewhere", acts=[Elsewhere(allowed=True)])


def only_here(talk: Talk) -> Turn:
    """只在这里回复我."""
    return talk.reply("linking.only_here", acts=[Elsewhere(allowed=False)])


def unbind(talk: Talk) -> Turn:
    """解除绑定: at once; it can be proved again at any time."""
    if talk.view.phone_is_address:
        return talk.reply("linking.unbound_others", acts=[Unlink()])
    if talk.inbound.verified_phone:
        return talk.reply("linking.signed_in")
    if not talk.view.linked:
        return talk.reply("linking.nothing")
    return talk.reply("linking.unbound", acts=[Unlink()])


def _stops(talk: Talk) -> bool:
    return said_whole("cancel", talk.text) or said_whole("no", talk.text)


FLOW = Flow(
    _NAME,
    steps={"number": _hear_number, "code": _hear_code, "tail": _hear_tail, "consent": _hear_consent},
    begins={"bind": bind, "claim": claim, "unbind": unbind, "only_here": only_here, "elsewhere": elsewhere},
)
