"""Repeats and families (重复诉求, 并单, 串案): what joins an earlier ticket, what merely goes beside it, and the way back."""

from __future__ import annotations

from tickets import notices as n
from tickets.appeal import AppealType, Urgency
from tickets.command import Command as C
from tickets.move import Fields, Move
from tickets.orders import AlertDue, NoticeDue, Post
from tickets.papers.callback import Callback, Way
from tickets.papers.changing import filed
from tickets.phases.anytime import something_new
from tickets.phases.calling_back import UNRATED, hotline_asks, lapsed, not_rated
from tickets.phases.closing import OFFICE_STEPS
from tickets.phases.intake import ended
from tickets.phases.kinds import count, text, words
from tickets.phases.rating import RATING, a_citizens_rating, rated, says_something_new
from tickets.phases.row import Fork, Row, row
from tickets.state import BEFORE_A_UNIT, OPEN, Role, State
from tickets.ticket import Ticket


def _from_nought(value: object) -> int:
    """A round of handling: the first is 0."""
    return int(value) if isinstance(value, int) and value >= 0 else count(value)


# What may stand against it.


def joinable(move: Move) -> str:
    """Reports and emergencies are never joined with anything."""
    ticket = move.ticket
    if ticket.type is AppealType.REPORT:
        return "report"
    return "safety" if ticket.safety or ticket.urgency is Urgency.CRITICAL else ""


def not_itself(move: Move) -> str:
    """Nothing joins itself."""
    return "itself" if move.ticket.number in (move.data.get("parent"), move.data.get("child")) else ""


def nobody_follows(move: Move) -> str:
    """What others joined does not join a third: they would be lost on the way."""
    return "followed" if move.ticket.repeat_count else ""


def as_the_policy_allows(move: Move) -> str:
    """Without a person only harmless categories are joined, those the policy names."""
    if move.actor.role is not Role.SYSTEM:
        return ""
    return "" if move.ticket.category in move.policy.repeats.auto_join.categories else "a_person_decides"


def something_to_release(move: Move) -> str:
    """Only what joined can leave."""
    return "" if move.ticket.repeat_count else "nothing_joined"


def a_new_round(move: Move) -> str:
    """A follower is asked once in each round of handling."""
    asked = {one.round for one in move.ticket.callbacks}
    return "asked" if move.data["round"] in asked or move.data["round"] < move.ticket.redo_no else ""


def silence_was_long(move: Move) -> str:
    """The wait for a follower's word is over."""
    return "" if move.ticket.callback_at and move.now >= move.ticket.callback_at else "early"


def stands_alone(move: Move) -> str:
    """It goes beside one other at most."""
    return "linked" if move.ticket.linked_to else ""


def goes_beside(move: Move) -> str:
    """Only what goes beside another can leave it."""
    return "" if move.ticket.linked_to == move.data["parent"] else "not_joined"


# What it changes.


def linked(move: Move) -> Fields:
    """串案: it is handled on its own, and known to be one of many."""
    return {"linked_to": move.data["parent"]}


def unlinked(_move: Move) -> Fields:
    """It was a matter of its own."""
    return {"linked_to": ""}


def merged(move: Move) -> Fields:
    """并单: the citizen follows the other ticket from now on."""
    return {**ended(move), "merged_into": move.data["parent"]}


def unmerged(move: Move) -> Fields:
    """It was a matter of its own after all, with its original promise; who was asked already begins a new round."""
    stands = OFFICE_STEPS[_stands(move)]
    again = move.ticket.redo_no + 1 if move.ticket.callbacks else move.ticket.redo_no
    return {
        "merged_into": "",
        "closed_at": None,
        "closing_kind": None,
        "step_by": move.step_by(stands),
        "redo_no": again,
        "callback_no": 0,
        "callback_at": None,
        **UNRATED,
    }


def _stands(move: Move) -> State:
    return State.TO_DISPATCH if move.ticket.accepted_at else State.RECEIVED


def absorbed(move: Move) -> Fields:
    """Another appeal on the same matter joined: it supplements, and urges unless that was done just now."""
    ticket = move.ticket
    joined = {"repeat_count": ticket.repeat_count + 1, "supplement_count": ticket.supplement_count + 1}
    return joined | ({"urge_count": ticket.urge_count + 1, "urged_at": move.now} if urges(move) else {})


def urges(move: Move) -> bool:
    """Whether a repeat counts as an urge now: there is something to hurry, and the last urge is long enough ago."""
    last, wait = move.ticket.urged_at, move.policy.urge.interval
    return move.ticket.state is not State.TO_CALLBACK and not (last and move.now < move.after(wait, last))


def released(move: Move) -> Fields:
    """One that had joined left again."""
    return {"repeat_count": move.ticket.repeat_count - 1}


def followed(move: Move) -> Fields:
    """A follower is asked himself, in the round of the ticket he follows."""
    by = move.awake_after(move.policy.callback.lapse_after)
    callbacks = filed(
        move.ticket.callbacks, Callback, round=move.data["round"], way=Way.MESSAGE, at=move.now, by=move.actor.id
    )
    fresh = {"redo_no": move.data["round"], "callback_no": 1, "callback_at": by, "callbacks": callbacks}
    return {**fresh, **UNRATED}


def rated_apart(move: Move) -> Fields:
    """His rating is his own; the ticket he follows keeps what its citizen said."""
    return {name: value for name, value in rated(move).items() if name != "closed_at"}


def lapsed_apart(move: Move) -> Fields:
    """A follower's silence is kept apart, too."""
    return {name: value for name, value in lapsed(move).items() if name != "closed_at"}


# Whom it tells.


def told_of_others(key: str) -> n.Telling:
    """The notice ``key`` with the number of citizens who reported the same, himself among them."""

    def tell(move: Move, after: Ticket) -> tuple[NoticeDue, ...]:
        blanks = {"number": after.number, "parent": str(move.data.get("parent", ""))}
        return (NoticeDue(key, blanks | {"citizens": str(move.data.get("citizens", 2))}),)

    return tell


def dissatisfied_follower(move: Move, after: Ticket) -> tuple[AlertDue, ...]:
    """What others were content with was not enough for him, or is not any more: a person looks."""
    new = after.dissatisfied and not move.ticket.dissatisfied
    return n.alerting("office.follower_dissatisfied", Post.OFFICE)(move, after) if new else ()


S, R = State, Role
_STANDS = Fork(_stands, (S.RECEIVED, S.TO_DISPATCH), "where it stood")
_JOINERS = {R.AGENT, R.DISPATCHER, R.SYSTEM}
# fmt: off
ROWS: tuple[Row, ...] = (
    # Once a unit has it, an appeal is handled to its end: it may only go beside another.
    row("T09", C.MERGE, BEFORE_A_UNIT, _JOINERS, S.MERGED,
        needs={"parent": words}, takes={"citizens": count},
        guards=(joinable, not_itself, stands_alone, nobody_follows, as_the_policy_allows), effect=merged,
        tells=told_of_others("ticket.merged")),
    row("T09", C.UNMERGE, S.MERGED, _JOINERS | {R.CITIZEN}, _STANDS, effect=unmerged,
        tells=n.plainly("ticket.unmerged")),
    row("T09", C.ABSORB, OPEN, _JOINERS, None, needs={"child": words},
        guards=(joinable, not_itself), effect=absorbed, facts=lambda move: {"urged": urges(move)},
        alerts=n.alerting("unit.repeated", Post.LIAISON)),
    row("T09", C.RELEASE, OPEN, _JOINERS | {R.CITIZEN}, None, needs={"child": words},
        guards=(something_to_release,), effect=released),
    row("T09", C.REPEAT, OPEN, {R.CITIZEN, R.AGENT}, None, takes={"text": text, "attachments": tuple},
        guards=(joinable, something_new), effect=absorbed, facts=lambda move: {"urged": urges(move)},
        alerts=n.alerting("unit.repeated", Post.LIAISON)),
    row("§4.5", C.LINK, OPEN, _JOINERS, None, needs={"parent": words}, takes={"citizens": count},
        guards=(joinable, not_itself, stands_alone, as_the_policy_allows), effect=linked,
        tells=told_of_others("ticket.linked")),
    row("§4.5", C.UNLINK, frozenset(State), _JOINERS | {R.CITIZEN}, None, needs={"parent": words},
        guards=(goes_beside,), effect=unlinked, tells=n.plainly("ticket.unlinked")),
    row("§4.5", C.FOLLOW, S.MERGED, {R.SYSTEM}, None, needs={"round": _from_nought},
        guards=(a_new_round,), effect=followed),
    row("§4.5", C.RATE, S.MERGED, {R.CITIZEN, R.CALLBACK_OFFICER}, None, takes=RATING,
        guards=(hotline_asks, a_citizens_rating, says_something_new), effect=rated_apart, alerts=dissatisfied_follower),
    row("§4.5", C.LAPSE, S.MERGED, {R.SYSTEM}, None, guards=(not_rated, silence_was_long), effect=lapsed_apart),
)
# fmt: on
