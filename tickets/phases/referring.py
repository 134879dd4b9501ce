"""Referral to the discipline organ (移交问题线索): proposed on evidence, decided by a named person, sealed throughout."""

from __future__ import annotations

from tickets.appeal import Cause
from tickets.command import Command as C
from tickets.move import Effect, Fields, Move
from tickets.papers.changing import amended, filed
from tickets.papers.referral import Referral, ReferralState, may_read
from tickets.phases.kinds import some, words
from tickets.phases.row import Row, row
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


def not_proposed_by_him(move: Move) -> str:
    """Nobody proposes twice, and the system nothing where a file is open; but a person is not refused for another's
    file: the refusal would tell him that there is one."""
    system = move.actor.role is Role.SYSTEM
    open_ = {ReferralState.PROPOSED, ReferralState.REFERRED}
    files = (one for one in move.ticket.referrals if one.state in open_)
    return "referred" if any(system or one.proposed_by == move.actor.id for one in files) else ""


def referral_proposed(move: Move) -> str:
    """Somebody proposed it, and somebody else decides."""
    mine = _referral(move.ticket, ReferralState.PROPOSED)
    if mine is None:
        return "nothing_asked"
    if not move.actor.id:
        return "nameless"
    return "same_person" if move.actor.id == mine.proposed_by else ""


def named_reader(move: Move) -> str:
    """Whoever is not named in a file does not learn that there is one."""
    return "" if _read_by(move) else "nothing_asked"


# What it changes.


def _referral(ticket: Ticket, state: ReferralState) -> Referral | None:
    return next((one for one in ticket.referrals if one.state is state), None)


def _read_by(move: Move) -> Referral | None:
    """The referred file that names this officer."""
    files = (one for one in move.ticket.referrals if one.state is ReferralState.REFERRED)
    return next((one for one in files if may_read(one, move.actor)), None)


def _new_file(move: Move) -> dict[str, object]:
    return {"file": len(move.ticket.referrals) + 1}


def _decided_file(move: Move) -> dict[str, object]:
    mine = _referral(move.ticket, ReferralState.PROPOSED)
    return {"file": mine.n} if mine else {}


def _answered_file(move: Move) -> dict[str, object]:
    mine = _read_by(move)
    return {"file": mine.n} if mine else {}


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
    mine = _read_by(move)
    changes: Fields = {"state": ReferralState.ANSWERED, "feedback": move.data["text"], "answered_at": move.now}
    return {"referrals": amended(move.ticket.referrals, lambda one: one is mine, **changes)}


S, R = State, Role
_REFERABLE = frozenset({S.HANDLING, S.TO_CALLBACK})
_SINCE = frozenset(S) - {S.DRAFT, S.ARCHIVED}
# fmt: off
ROWS: tuple[Row, ...] = (
    row("T41", C.PROPOSE_REFERRAL, _REFERABLE, {R.SYSTEM, R.REVIEWER, R.SUPERVISOR}, None, needs={"text": words},
        guards=(dissatisfied_so_often, not_proposed_by_him), effect=referral_filed, facts=_new_file, sealed=True),
    row("T41", C.REFER_DISCIPLINE, _SINCE, {R.OFFICE_LEADER}, None, needs={"reason": words, "readers": some},
        guards=(referral_proposed,), effect=_referral_decided(ReferralState.REFERRED),
        facts=_decided_file, sealed=True),
    row("T41", C.DISMISS_REFERRAL, _SINCE, {R.OFFICE_LEADER}, None, needs={"reason": words},
        guards=(referral_proposed,), effect=_referral_decided(ReferralState.DISMISSED),
        facts=_decided_file, sealed=True),
    row("T41", C.ANSWER_REFERRAL, _SINCE, {R.DISCIPLINE}, None, needs={"text": words},
        guards=(named_reader,), effect=referral_answered,
        facts=_answered_file, sealed=True),
)
# fmt: on
