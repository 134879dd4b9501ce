"""Three-way chats (三方通话): whose expert was invited into which conversation, and what came of it."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, text

from bot.store.tables.metadata import metadata
from bot.store.types import Moment, RowId

UNDER_WAY = text("ended_at IS NULL")
NO_DRAFT = text("outcome = 'answered' AND draft = ''")
"""Conditions of partial indexes; a query that carries the same words is answered from the index."""

three_way = Table(
    "three_way",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("conversation_id", RowId, ForeignKey("conversation.id"), nullable=False),
    Column("unit", String(16), nullable=False),
    Column("question", Text, nullable=False),
    # "" where the bot invited by policy.
    Column("invited_by", String(64), nullable=False, server_default=""),
    Column("invited_at", Moment, nullable=False),
    Column("wait_until", Moment, nullable=False),
    Column("expert", String(64), nullable=False, server_default=""),
    Column("joined_at", Moment),
    Column("ended_at", Moment),
    # "answered", "not_answered", "nobody" or "called_off".
    Column("outcome", String(16), nullable=False, server_default=""),
    # What the unit stands by, as its expert put it at the end.
    Column("answer", Text, nullable=False, server_default=""),
    # What was said from the invitation to the end, without what tells who the citizen is.
    Column("transcript", Text, nullable=False, server_default=""),
    Column("ticket", String(32), ForeignKey("ticket.number")),
    # The entry drafted from the answer, "-" where none could be.
    Column("draft", String(32), nullable=False, server_default=""),
    Index("ix_three_way_open", "conversation_id", unique=True, sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY),
    Index("ix_three_way_no_draft", "id", sqlite_where=NO_DRAFT, postgresql_where=NO_DRAFT),
    Index("ix_three_way_waits", "wait_until", sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY),
)

expert_duty = Table(
    "expert_duty",
    metadata,
    # An officer who answers for a unit while his desk page is open.
    Column("name", String(64), primary_key=True),
    Column("unit", String(16), nullable=False, index=True),
    Column("since", Moment, nullable=False),
)
