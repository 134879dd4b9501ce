"""Asking and signing (请示, 审批): how a request is put, who may sign it, and what the last signature does."""

from __future__ import annotations

from tickets.move import Effect, Fields, Guard, Move
from tickets.papers.changing import amended, filed
from tickets.papers.request import SIGNATURES, Request, RequestKind, RequestState
from tickets.phases.row import Fork
from tickets.plain import plain
from tickets.rules.provisions import Step
from tickets.state import Role, State


def nothing_pending(kind: RequestKind) -> Guard:
    """Nobody asks twice while the first asking is undecided."""

    def still_undecided(move: Move) -> str:
        return "pending" if move.ticket.pending(kind) else ""

    return still_undecided


def may_sign(kind: RequestKind) -> Guard:
    """Signers have names, come in order, each a different person, and never the one who asked."""

    def whose_turn_it_is(move: Move) -> str:
        request = move.ticket.pending(kind)
        if request is None:
            return "nothing_asked"
        who = move.actor
        if not who.id:
            return "nameless"
        if who.id in (request.asked_by, *request.signed) or (who.unit and who.unit == request.asked_by):
            return "same_person"
        turn = _signers(move, kind)[len(request.signed)]
        leader = request.escalated and who.role is Role.OFFICE_LEADER
        return "" if leader or who.role is turn else "role"

    return whose_turn_it_is


def _signers(move: Move, kind: RequestKind) -> tuple[Role, ...]:
    """Who must sign, in order; of extensions the policy says it."""
    if kind is not RequestKind.EXTENSION:
        return SIGNATURES[kind]
    granted = sum(1 for _ in move.ticket.asked(kind, RequestState.APPROVED))
    first, second = move.policy.extension.grants()
    return (second.by if granted else first.by,)


def _last(move: Move, kind: RequestKind) -> bool:
    """Whether the signature now given is the last one needed."""
    request = move.ticket.pending(kind)
    return request is not None and len(request.signed) + 1 == len(_signers(move, kind))


def requesting(kind: RequestKind, step: Step = Step.DECIDE) -> Effect:
    """Puts the request; what the order carried stays with it."""

    def ask(move: Move) -> Fields:
        asked = filed(
            move.ticket.requests,
            Request,
            kind=kind,
            asked_by=move.actor.id,
            asked_at=move.now,
            decide_by=move.step_by(step),
            data=plain(move.data),
        )
        return {"requests": asked}

    return ask


def signed(kind: RequestKind, granted: Effect | None = None) -> Effect:
    """One more signature; with the last one the request is approved, and ``granted`` happens."""

    def sign(move: Move) -> Fields:
        request = move.ticket.pending(kind)
        assert request is not None  # may_sign said so
        if not _last(move, kind):
            more = (*request.signed, move.actor.id)
            return {"requests": amended(move.ticket.requests, lambda one: one is request, signed=more)}
        approved = decided(kind, RequestState.APPROVED)(move)
        return approved | (granted(move.having(approved)) if granted else {})

    return sign


def decided(kind: RequestKind, state: RequestState) -> Effect:
    """The pending request of ``kind`` ends as ``state``."""

    def decide(move: Move) -> Fields:
        pending = move.ticket.pending(kind)
        signers = (*pending.signed, move.actor.id) if pending and state is RequestState.APPROVED else ()
        requests = amended(
            move.ticket.requests,
            lambda one: one is pending,
            state=state,
            signed=signers or (pending.signed if pending else ()),
            decided_by=move.actor.id,
            decided_at=move.now,
        )
        return {"requests": requests}

    return decide


def signed_through(kind: RequestKind, to: State) -> Fork:
    """Leads to ``to`` with the last signature, and nowhere before."""
    return Fork(lambda move: to if _last(move, kind) else None, (to,), "once the last signature is given")


def granted_now(move: Move, kind: RequestKind) -> Request:
    """The request of ``kind`` approved by this very order: what its effect is computed from."""
    return tuple(move.ticket.asked(kind, RequestState.APPROVED))[-1]
