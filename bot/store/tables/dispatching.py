"""The run-time part of the dispatch catalogue (派单目录): what was proposed, who signed it, and the versions that came of it."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from bot.store.tables.metadata import metadata
from bot.store.types import Json, Moment, RowId

_PENDING = text("state = 'pending'")

catalogue_proposal = Table(
    "catalogue_proposal",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("rule", Json, nullable=False),
    Column("reason", Text, nullable=False),
    # The consultation that ruled it; NULL for what an editor proposes.
    Column("ticket", String(32), ForeignKey("ticket.number")),
    Column("consultation", Integer),
    # Who sat on the panel, or proposed it: none of them signs it.
    Column("barred", Json, nullable=False),
    Column("proposed_by", String(64), nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("state", String(10), nullable=False),
    Column("decided_by", String(64), nullable=False, server_default=""),
    Column("decided_at", Moment),
    Column("note", Text, nullable=False, server_default=""),
    UniqueConstraint("ticket", "consultation"),
    Index("ix_catalogue_proposal_pending", "id", sqlite_where=_PENDING, postgresql_where=_PENDING),
)

catalogue_version = Table(
    "catalogue_version",
    metadata,
    # Rows are only ever added: a change of the catalogue is undone by a newer one.
    Column("number", RowId, primary_key=True),
    Column("rule", Json, nullable=False),
    Column("proposal", RowId, ForeignKey("catalogue_proposal.id"), nullable=False, unique=True),
    Column("approved_by", String(64), nullable=False),
    Column("approved_at", Moment, nullable=False),
)
