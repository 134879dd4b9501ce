"""One ticket (工单) as the life cycle sees it: facts, and the papers that gathered on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tickets.appeal import AppealType, Cause, ClosingKind, Satisfaction, Solved, Urgency
from tickets.papers.assignment import Assignment, AssignmentRole
from tickets.papers.callback import Callback
from tickets.papers.consultation import Consultation
from tickets.papers.referral import Referral
from tickets.papers.request import Request, RequestKind, RequestState
from tickets.papers.supervision import Supervision
from tickets.state import OPEN, Actor, Role, State

__all__ = ["OPEN", "Actor", "Role", "State", "Ticket"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The facts a transition may read and change. Every datetime is aware; None means "not yet"."""

    number: str
    policy: str
    """The policy version it was opened under, ``id@version``."""
    type: AppealType
    category: str
    urgency: Urgency
    state: State
    received_at: datetime
    confidential: bool = False
    unit_text: str = field(default="", repr=False)
    """What units read instead of the words of a confidential citizen; "" until an agent wrote it."""
    district: str = ""
    respondent_unit: str = ""
    """The unit the appeal is about, "" when it is about none."""
    step_by: datetime | None = None
    """By when the office must take its own next step: accept, dispatch, review."""
    accepted_at: datetime | None = None
    dispatched_at: datetime | None = None
    sign_by: datetime | None = None
    signed_at: datetime | None = None
    contact_by: datetime | None = None
    contacted_at: datetime | None = None
    due_at: datetime | None = None
    """What the citizen was promised."""
    counted_from: datetime | None = None
    """The moment ``due_at`` was counted from."""
    due_uncertain: bool = False
    """It was counted into a year whose notice of days off was not out: it is counted again once that is known."""
    interim_by: datetime | None = None
    """By when the unit must report on an urgent matter (中途汇报)."""
    last_contact_at: datetime | None = None
    heard_at: datetime | None = None
    """When the unit that leads last gave a sign of life, or got the ticket; its silence is counted from here."""
    silence_told: int = 0
    """How often its silence was alarmed about since."""
    step_told: datetime | None = None
    """The ``step_by`` the office's leader was told of when it passed; another one is told anew."""
    replied_at: datetime | None = None
    """When the unit last submitted its reply."""
    reviewed_at: datetime | None = None
    """When the reviewer passed it: the citizen then has the answer."""
    callback_at: datetime | None = None
    """When the citizen is to be asked (again), or after the last asking, when silence ends it. None once rated."""
    withdrawn_from: State | None = None
    """Where a withdrawn ticket goes back to when the citizen restores it."""
    closed_at: datetime | None = None
    closing_kind: ClosingKind | None = None
    solved: Solved | None = None
    satisfaction: Satisfaction | None = None
    changed_satisfaction: Satisfaction | None = None
    """What the citizen changed his rating to in this round; ``satisfaction`` stays as he first gave it."""
    first_satisfaction: Satisfaction | None = None
    """The first rating ever given; later rounds never overwrite it."""
    redo_no: int = 0
    reject_count: int = 0
    urge_count: int = 0
    urged_at: datetime | None = None
    supplement_count: int = 0
    callback_no: int = 0
    """How many times the citizen was asked in this round of handling."""
    public_reply: str = field(default="", repr=False)
    internal_note: str = field(default="", repr=False)
    cause: Cause | None = None
    """What triage last found behind a dissatisfied rating."""
    dissatisfied_count: int = 0
    """Rounds of handling that ended dissatisfied."""
    false_closing_count: int = 0
    explanation_count: int = 0
    repeat_count: int = 0
    """Later appeals on the same matter: those that joined this one, and the citizen's own repeats of it."""
    merged_into: str = ""
    linked_to: str = ""
    """Another citizen's ticket on the same matter that it goes beside (串案), handled on its own."""
    objection_count: int = 0
    """How often the citizen objected to a refusal."""
    assessed: bool = True
    """False once it is excluded from the units' scores (剔除)."""
    safety: bool = False
    """It concerns public safety: a citizen's withdrawal does not end it."""
    assignments: tuple[Assignment, ...] = ()
    requests: tuple[Request, ...] = ()
    supervisions: tuple[Supervision, ...] = ()
    consultations: tuple[Consultation, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    referrals: tuple[Referral, ...] = field(default=(), repr=False)

    @property
    def lead(self) -> Assignment | None:
        """The part of the first-responsible unit (首接责任单位): exactly one from dispatch on."""
        return next(self._live(AssignmentRole.LEAD), None)

    @property
    def lead_unit(self) -> str:
        """The code of the first-responsible unit, "" when there is none."""
        return self.lead.unit if self.lead else ""

    @property
    def co_units(self) -> tuple[str, ...]:
        """协办单位."""
        return tuple(one.unit for one in self._live(AssignmentRole.CO))

    @property
    def helping(self) -> tuple[Assignment, ...]:
        """The parts of every other unit now at work: co-organisers, and units below the lead."""
        return tuple(one for one in self.assignments if one.ended_at is None and one.role is not AssignmentRole.LEAD)

    @property
    def delicate(self) -> bool:
        """No machine decides about it: the citizen is confidential, it is critical, or a report."""
        return self.confidential or self.urgency is Urgency.CRITICAL or self.type is AppealType.REPORT

    @property
    def dissatisfied(self) -> bool:
        """The citizen said so in this round of handling, first or last."""
        return Satisfaction.DISSATISFIED in {self.satisfaction, self.changed_satisfaction}

    @property
    def this_round(self) -> tuple[Callback, ...]:
        """What was asked and answered since the matter was last handled."""
        return tuple(one for one in self.callbacks if one.round == self.redo_no)

    @property
    def consultation(self) -> Consultation | None:
        """The consultation under way."""
        return next((one for one in self.consultations if one.open), None)

    @property
    def return_count(self) -> int:
        """How often it came back from a unit with good reason."""
        return sum(1 for _ in self.asked(RequestKind.RETURN, RequestState.APPROVED))

    def pending(self, kind: RequestKind) -> Request | None:
        """The request of ``kind`` nobody has decided yet."""
        return next(self.asked(kind, RequestState.PENDING), None)

    def asked(self, kind: RequestKind, state: RequestState) -> Iterator[Request]:
        """Requests of ``kind`` that are in ``state``, in the order they were asked."""
        return (one for one in self.requests if one.kind is kind and one.state is state)

    def asked_of(self, kind: RequestKind) -> Iterator[Request]:
        """Requests of ``kind``, whatever became of them."""
        return (one for one in self.requests if one.kind is kind)

    def _live(self, role: AssignmentRole) -> Iterator[Assignment]:
        return (one for one in self.assignments if one.role is role and one.ended_at is None)
