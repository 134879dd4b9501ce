"""Referral to the discipline organ (移交问题线索): proposed on evidence, decided by a named person, sealed throughout."""

from __future__ import annotations

from tickets.appeal import Cause
from tickets.command import Command as C
from tickets.move import Effect, Fields, Move
from tickets.papers import amended, filed
from tickets.phases.kinds import some, words
from tickets.phases.row import Row, row
from tickets.referral import Referral, ReferralState, may_read
from tickets.state import Role, State
from tickets.ticket import Ticket

_REFERRED_FOR = {Cause.POOR_HANDLING, Cause.FALSE_CLOSING}


# What may stand against it.


def dissatisfied_so_often(move: Move) -> str:
    """Only again and again badly handled matters are proposed."""
    ticket, least = move.ticket, move.policy.redo.discipline_proposal_after_dissatisfied
    if ticket.cause not in _REFERRED_FOR:
        return "cause"
    return "" if ticket.dissatisfied_count >= least else "too_few"


def no_open_referral(move: Move) -> str:
    """One sealed file at a time."""
    open_ = {ReferralState.PROPOSED, ReferralState.REFERRED}
    return "referred" if any(one.state in open_ for one in move.ticket.referrals) else ""


def referral_proposed(move: Move) -> str:
    """Somebody proposed it, and somebody else decides."""
    mine = _referral(move.ticket, ReferralState.PROPOSED)
    if mine is None:
        return "nothing_asked"
    if not move.actor.id:
        return "nameless"
    return "same_person" if move.actor.id == mine.proposed_by else ""


def named_reader(move: Move) -> str:
    """Whoever is not named in the file does not learn that there is one."""
    mine = _referral(move.ticket, ReferralState.REFERRED)
    return "" if mine and may_read(mine, move.actor) else "nothing_asked"


# What it changes.


def _referral(ticket: Ticket, state: ReferralState) -> Referral | None:
    return next((one for one in ticket.referrals if one.state is state), None)


def referral_filed(move: Move) -> Fields:
    """Proposed, sealed; the ticket goes on."""
    filed_now = filed(
        move.ticket.referrals,
        Referral,
        unit=move.ticket.lead_unit,
        proposed_by=move.actor.id,
        proposed_at=move.now,
        grounds=move.data["text"],
    )
    return {"referrals": filed_now}


def _referral_decided(state: ReferralState) -> Effect:
    def decide(move: Move) -> Fields:
        mine = _referral(move.ticket, ReferralState.PROPOSED)
        changes: Fields = {
            "state": state,
            "decided_by": move.actor.id,
            "decided_at": move.now,
            "reason": move.data["reason"],
            "readers": move.data.get("readers", ()),
        }
        return {"referrals": amended(move.ticket.referrals, lambda one: one is mine, **changes)}

    return decide


def referral_answered(move: Move) -> Fields:
    """What the organ found."""
    mine = _referral(move.ticket, ReferralState.REFERRED)
    changes: Fields = {"state": ReferralState.ANSWERED, "feedback": move.data["text"], "answered_at": move.now}
    return {"referrals": amended(move.ticket.referrals, lambda one: one is mine, **changes)}


S, R = State, Role
_REFERABLE = frozenset({S.HANDLING, S.TO_CALLBACK})
_SINCE = frozenset(S) - {S.DRAFT, S.ARCHIVED}
# fmt: off
ROWS: tuple[Row, ...] = (
    row("T41", C.PROPOSE_REFERRAL, _REFERABLE, {R.SYSTEM, R.REVIEWER, R.SUPERVISOR}, None, needs={"text": words},
        guards=(dissatisfied_so_often, no_open_referral), effect=referral_filed, sealed=True),
    row("T41", C.REFER_DISCIPLINE, _SINCE, {R.OFFICE_LEADER}, None, needs={"reason": words, "readers": some},
        guards=(referral_proposed,), effect=_referral_decided(ReferralState.REFERRED), sealed=True),
    row("T41", C.DISMISS_REFERRAL, _SINCE, {R.OFFICE_LEADER}, None, needs={"reason": words},
        guards=(referral_proposed,), effect=_referral_decided(ReferralState.DISMISSED), sealed=True),
    row("T41", C.ANSWER_REFERRAL, _SINCE, {R.DISCIPLINE}, None, needs={"text": words},
        guards=(named_reader,), effect=referral_answered, sealed=True),
)
# fmt: on
