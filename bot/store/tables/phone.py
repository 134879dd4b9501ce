"""Telephone calls, at whose extension they ring, what was registered during them, and units called into them (三方通话)."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from bot.store.tables.metadata import metadata
from bot.store.types import Json, Moment, RowId

UNDER_WAY = text("ended_at IS NULL")
TO_DO = text("due_at IS NOT NULL")
"""Conditions of partial indexes; a query that carries the same words is answered from the index."""

call = Table(
    "call",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    # The switchboard's name for it.
    Column("call_id", String(128), nullable=False),
    # Whose it is: the number itself lies sealed there. NULL where the caller hides it.
    Column("conversation_id", RowId, ForeignKey("conversation.id")),
    # "in" or "out", "" while nobody said.
    Column("direction", String(3), nullable=False, server_default=""),
    Column("line", String(64), nullable=False, server_default=""),
    Column("began_at", Moment, nullable=False),
    Column("queued_at", Moment),
    Column("ringing_at", Moment),
    Column("answered_at", Moment),
    Column("ended_at", Moment),
    Column("extension", String(16), nullable=False, server_default=""),
    # Who sat at that extension when it rang.
    Column("officer", String(64), nullable=False, server_default=""),
    # The latest word about each of the rest, with its moment (channels/calls.py): the recording's address among them.
    Column("marks", Json, nullable=False),
    UniqueConstraint("call_id", "account", "channel"),
    Index("ix_call_under_way", "extension", sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY),
    Index("ix_call_conversation", "conversation_id", "began_at"),
    Index("ix_call_officer", "officer", "began_at"),
)

seat = Table(
    "seat",
    metadata,
    # Which extension an officer sits at now; of an extension the last who sat down.
    Column("officer", String(64), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("extension", String(16), nullable=False),
    Column("since", Moment, nullable=False),
    UniqueConstraint("extension", "account", "channel"),
)

call_ticket = Table(
    "call_ticket",
    metadata,
    Column("id", RowId, primary_key=True),
    # The form's own: sent twice it registers once.
    Column("key", String(128), nullable=False, unique=True),
    Column("call", RowId, ForeignKey("call.id"), nullable=False, index=True),
    Column("ticket", String(32), ForeignKey("ticket.number"), nullable=False, index=True),
    # "opened", "supplemented" or "urged".
    Column("deed", String(12), nullable=False),
    Column("officer", String(64), nullable=False),
    Column("at", Moment, nullable=False),
)

unit_call = Table(
    "unit_call",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("call", RowId, ForeignKey("call.id"), nullable=False, index=True),
    Column("unit", String(16), nullable=False),
    # Its duty line, as the directory had it.
    Column("number", String(32), nullable=False),
    Column("officer", String(64), nullable=False),
    Column("agent_leg", String(128), nullable=False),
    # channels/three_way.py: its stage and how it ended.
    Column("stage", String(16), nullable=False),
    Column("outcome", String(16), nullable=False, server_default=""),
    Column("began_at", Moment, nullable=False),
    Column("answered_at", Moment),
    Column("joined_at", Moment),
    Column("ended_at", Moment),
    # What the switchboard was not yet told, in its order, and when somebody must look at it again.
    Column("to_do", Json, nullable=False),
    Column("due_at", Moment),
    Column("tries", Integer, nullable=False, server_default="0"),
    Index("ix_unit_call_under_way", "call", unique=True, sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY),
    Index("ix_unit_call_to_do", "due_at", sqlite_where=TO_DO, postgresql_where=TO_DO),
)
