"""The papers that gather on a ticket: parts of units, requests, supervisions, consultations, callbacks, sealed files.

Each is the value of the same name in ``tickets``, field by field; its id is ``<ticket number>/<n>``, known before it is
written.
"""

from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, false, text

from bot.store.tables.metadata import metadata
from bot.store.types import Json, Moment

UNDER_WAY = text("state NOT IN ('noted', 'closed')")
"""Of supervisions: somebody still owes something. The condition of a partial index; a query carries the same words."""


def _paper(name: str, *columns: Column[Any] | Index) -> Table:
    return Table(
        name,
        metadata,
        Column("id", String(48), primary_key=True),
        Column("ticket", String(32), ForeignKey("ticket.number"), nullable=False),
        Column("n", Integer, nullable=False),
        *columns,
        UniqueConstraint("ticket", "n"),
    )


def _where(name: str, column: str, condition: str) -> Index:
    """What a job looks for by its time, and nothing else."""
    return Index(name, column, sqlite_where=text(condition), postgresql_where=text(condition))


assignment = _paper(
    "assignment",
    Column("unit", String(16), nullable=False),
    Column("role", String(4), nullable=False),
    Column("state", String(16), nullable=False),
    Column("parent", String(16), nullable=False, server_default=""),
    Column("forced", Boolean, nullable=False, server_default=false()),
    Column("note", Text, nullable=False, server_default=""),
    Column("dispatched_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("signed_at", Moment),
    Column("submitted_at", Moment),
    Column("report", Text, nullable=False, server_default=""),
    Column("overdue", Boolean, nullable=False, server_default=false()),
    Column("ended_at", Moment),
    Index("ix_assignment_unit", "unit", "state"),
    _where("ix_assignment_led", "dispatched_at", "role = 'lead'"),
)

ticket_request = _paper(
    "ticket_request",
    Column("kind", String(16), nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("decide_by", Moment),
    Column("state", String(16), nullable=False),
    Column("escalated", Boolean, nullable=False),
    Column("signed", Json, nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("decided_at", Moment),
    Column("data", Json, nullable=False),
    _where("ix_ticket_request_pending", "decide_by", "state = 'pending'"),
    # What the dispatch suggestion learns of: tickets returned with good reason.
    _where("ix_ticket_request_returned", "decided_at", "kind = 'return' AND state = 'approved'"),
)

supervision = _paper(
    "supervision",
    Column("level", String(2), nullable=False),
    Column("ground", String(24), nullable=False),
    Column("unit", String(16), nullable=False),
    Column("round", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("by", String(64), nullable=False),
    Column("number", String(32), nullable=False),
    Column("joint", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("answer_by", Moment),
    Column("answer", Text, nullable=False),
    Column("answered_at", Moment),
    Column("closed_at", Moment),
    Column("overdue", Boolean, nullable=False, server_default=false()),
    Index("ix_supervision_number", "number"),
    Index("ix_supervision_open", "answer_by", sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY),
)

consultation = _paper(
    "consultation",
    Column("reason", String(16), nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("settle_by", Moment, nullable=False),
    Column("candidates", Json, nullable=False),
    Column("panel", String(20), nullable=False),
    Column("lead", String(16), nullable=False),
    Column("minutes", Text, nullable=False),
    Column("settled_by", String(64), nullable=False),
    Column("settled_at", Moment),
    _where("ix_consultation_open", "settle_by", "settled_at IS NULL"),
)

callback = _paper(
    "callback",
    Column("round", Integer, nullable=False),
    Column("way", String(8), nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", String(64), nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("solved", String(10)),
    Column("satisfaction", String(16)),
    Column("reasons", Json, nullable=False),
    Column("comment", Text, nullable=False, server_default=""),
    Column("contacted", Boolean),
    Column("answered_at", Moment),
    Column("standing", String(8), nullable=False, server_default="counts"),
    Column("after_contact", Boolean, nullable=False),
    Column("findings", Json, nullable=False),
)

referral = _paper(
    "referral",
    Column("unit", String(16), nullable=False),
    Column("proposed_by", String(64), nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("grounds", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("decided_at", Moment),
    Column("reason", Text, nullable=False),
    Column("readers", Json, nullable=False),
    Column("feedback", Text, nullable=False),
    Column("answered_at", Moment),
)
