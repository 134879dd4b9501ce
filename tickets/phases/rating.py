"""Rating (评价): what the citizen says is his; the first complete answer counts, others stand beside it, nobody overwrites."""

from __future__ import annotations

from dataclasses import replace

from tickets.appeal import Reason, Satisfaction, Solved
from tickets.command import Command as C
from tickets.move import Fields, Move
from tickets.papers.callback import Callback, Outcome, Standing, Way
from tickets.papers.changing import amended, filed
from tickets.phases.calling_back import hotline_asks
from tickets.phases.kinds import many, text, words, yes_or_no
from tickets.phases.row import Fork, Row, row
from tickets.state import Role, State

_SAID = ("solved", "satisfaction", "reasons", "comment")

# What may stand against it.


def a_citizens_rating(move: Move) -> str:
    """Something is said, and nobody rates himself unreachable."""
    if not any(move.data.get(name) for name in _SAID):
        return "missing:satisfaction"
    return "invalid:satisfaction" if move.data.get("satisfaction") is Satisfaction.UNREACHABLE else ""


def still_heard(move: Move) -> str:
    """What was closed without a rating is over; a closed rating may be answered beside only within its window."""
    ticket = move.ticket
    if ticket.state is not State.CLOSED:
        return ""
    if ticket.satisfaction in {None, Satisfaction.UNREACHABLE}:
        return "lapsed"
    closed = ticket.closed_at
    return "" if closed and move.now <= move.after(move.policy.callback.change, closed) else "window"


def says_something_new(move: Move) -> str:
    """Twice the same is once; a citizen changes his mind once, and an officer does not change what he wrote down."""
    mine = _mine(move)
    if mine is None or not move.ticket.satisfaction:
        return ""
    if _standing(move) is not Standing.CHANGE:
        return "" if _completed(mine, move) != mine else "rated"
    if move.actor.role is not Role.CITIZEN:
        return "rated"
    return "changed" if any(one.standing is Standing.CHANGE for one in move.ticket.this_round) else ""


def was_rated(move: Move) -> str:
    """A finding is added to what the citizen said."""
    return "" if any(one.outcome is Outcome.ANSWERED for one in move.ticket.callbacks) else "not_rated"


def changed_for_the_better(move: Move) -> str:
    """The citizen was dissatisfied, and said later that he is not any more."""
    ticket = move.ticket
    better = ticket.changed_satisfaction not in {None, Satisfaction.DISSATISFIED}
    return "" if better and ticket.satisfaction is Satisfaction.DISSATISFIED else "not_changed"


# What it changes.


def rated(move: Move) -> Fields:
    """The citizen's own words are filed; the ticket's own rating is set once in each round of handling."""
    ticket, given = move.ticket, move.data.get("satisfaction")
    standing = _standing(move)
    fields: Fields = {"callbacks": _filed(move, standing)}
    if not ticket.solved and move.data.get("solved"):
        fields["solved"] = move.data["solved"]
    if given is None or standing in {Standing.AGREES, Standing.DIFFERS}:
        return fields
    if ticket.satisfaction is None:
        fields |= {"satisfaction": given, "first_satisfaction": ticket.first_satisfaction or given, "callback_at": None}
    elif standing is Standing.CHANGE:
        fields["changed_satisfaction"] = given
    if given is Satisfaction.DISSATISFIED and not ticket.dissatisfied:
        fields["dissatisfied_count"] = ticket.dissatisfied_count + 1
    to = _where_it_leads(move) or ticket.state
    if to is not ticket.state:
        fields["closed_at"] = move.now if to is State.CLOSED else None
    return fields


def found(move: Move) -> Fields:
    """A reviewer's finding stands beside the rating; the rating stays."""
    last = [one for one in move.ticket.callbacks if one.outcome is Outcome.ANSWERED][-1]
    findings = (*last.findings, move.data["text"])
    return {"callbacks": amended(move.ticket.callbacks, lambda one: one is last, findings=findings)}


def change_accepted(move: Move) -> Fields:
    """A reviewer looked why he changed his mind, and it is his own."""
    return {**found(move), "closed_at": move.now}


# What an answer is beside the others.


def _way(move: Move) -> Way:
    return Way.PHONE if move.actor.role is Role.CALLBACK_OFFICER else Way.MESSAGE


def _mine(move: Move) -> Callback | None:
    """What was answered this way before, in this round; a change is not gone on with."""
    answers = (one for one in move.ticket.this_round if one.outcome is Outcome.ANSWERED and one.way is _way(move))
    return next((one for one in answers if one.standing is not Standing.CHANGE), None)


def _counting(move: Move) -> Callback | None:
    """The answer the ticket's own rating comes from."""
    answers = (one for one in move.ticket.this_round if one.satisfaction and one.standing is Standing.COUNTS)
    return next(answers, None)


def _standing(move: Move) -> Standing:
    counting, mine, given = _counting(move), _mine(move), move.data.get("satisfaction")
    if counting is None:
        return Standing.COUNTS
    if mine and mine.satisfaction:
        return mine.standing if given in {None, mine.satisfaction} else Standing.CHANGE
    if counting.way is _way(move):
        return Standing.COUNTS
    return Standing.AGREES if given in {None, counting.satisfaction} else Standing.DIFFERS


def _filed(move: Move, standing: Standing) -> tuple[Callback, ...]:
    """Said goes to the answer it completes, else to the asking that waits for it, else to a new one."""
    ticket, way = move.ticket, _way(move)
    open_ = _mine(move)
    if open_ is None and way is Way.MESSAGE:
        open_ = next((one for one in ticket.this_round if one.outcome is Outcome.WAITING), None)
    callbacks = ticket.callbacks
    if open_ is None or standing is Standing.CHANGE:
        callbacks = filed(callbacks, Callback, round=ticket.redo_no, way=way, at=move.now, by=move.actor.id)
        open_ = callbacks[-1]
    heard = replace(
        _completed(open_, move),
        outcome=Outcome.ANSWERED,
        answered_at=open_.answered_at or move.now,
        standing=standing,
        after_contact=open_.after_contact or unit_spoke_between(move),
    )
    return tuple(heard if one is open_ else one for one in callbacks)


def _completed(answer: Callback, move: Move) -> Callback:
    """Nothing said before is lost."""
    comment = move.data.get("comment", "")
    known = not comment or f"\n{comment}\n" in f"\n{answer.comment}\n"
    contacted = move.data.get("contacted")
    return replace(
        answer,
        solved=answer.solved or move.data.get("solved"),
        satisfaction=answer.satisfaction or move.data.get("satisfaction"),
        reasons=tuple(dict.fromkeys((*answer.reasons, *move.data.get("reasons", ())))),
        comment=answer.comment if known else "\n".join(filter(None, (answer.comment, comment))),
        contacted=contacted if answer.contacted is None else answer.contacted,
    )


def unit_spoke_between(move: Move) -> bool:
    """The unit spoke with the citizen since he had the answer, or since he last rated it."""
    counting, spoke = _counting(move), move.ticket.last_contact_at
    since = counting.answered_at if counting else move.ticket.reviewed_at
    return bool(spoke and since and spoke > since)


def _where_it_leads(move: Move) -> State | None:
    """Closed, unless dissatisfied. A change for the worse opens it for a reviewer; one for the better closes it, unless
    the unit spoke with the citizen between: then a reviewer looks first."""
    given, state = move.data.get("satisfaction"), move.ticket.state
    standing = _standing(move)
    if given is None or standing in {Standing.AGREES, Standing.DIFFERS}:
        return None
    if given is Satisfaction.DISSATISFIED:
        return State.TO_CALLBACK if standing is Standing.CHANGE else None
    if state is State.CLOSED or (standing is Standing.CHANGE and unit_spoke_between(move)):
        return None
    return State.CLOSED if standing is Standing.CHANGE or not move.ticket.satisfaction else None


S, R = State, Role
_HEARD = frozenset({S.TO_CALLBACK, S.CLOSED})
_LEADS = Fork(_where_it_leads, (S.CLOSED, S.TO_CALLBACK), "closed unless dissatisfied")
RATING = {
    "solved": Solved, "satisfaction": Satisfaction, "reasons": many(Reason), "comment": text, "contacted": yes_or_no
}  # fmt: skip
# fmt: off
ROWS: tuple[Row, ...] = (
    row("T36/T38", C.RATE, _HEARD, {R.CITIZEN, R.CALLBACK_OFFICER}, _LEADS, takes=RATING,
        guards=(hotline_asks, a_citizens_rating, still_heard, says_something_new), effect=rated),
    row("T38", C.ADD_FINDING, _HEARD, {R.REVIEWER}, None, needs={"text": words}, guards=(was_rated,), effect=found),
    row("T38", C.ACCEPT_CHANGE, S.TO_CALLBACK, {R.REVIEWER}, S.CLOSED, needs={"text": words},
        guards=(changed_for_the_better,), effect=change_accepted),
)
# fmt: on
