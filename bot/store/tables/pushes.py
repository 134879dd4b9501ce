"""Calls to the devices of citizens who are away: that something waits for them, never what."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, text

from bot.store.tables.metadata import metadata
from bot.store.types import Moment, RowId

push = Table(
    "push",
    metadata,
    # One a conversation: as long as it stands, no second one is made.
    Column("conversation_id", RowId, ForeignKey("conversation.id"), primary_key=True, autoincrement=False),
    # The first line it is for; seen, and the row goes.
    Column("seq", Integer, nullable=False),
    # The same over all tries of one call, "" before the first.
    Column("delivery", String(26), nullable=False, server_default=""),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # When it is tried next, NULL once the gateway took it.
    Column("not_before", Moment),
    Index(
        "ix_push_due",
        "not_before",
        sqlite_where=text("not_before IS NOT NULL"),
        postgresql_where=text("not_before IS NOT NULL"),
    ),
)
