"""What the clock and the life cycle tell officers: alerts to units and to the office, and the numbers of supervisions."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from bot.store.tables.metadata import metadata
from bot.store.types import Moment, RowId

UNSEEN = text("seen_at IS NULL")
TO_TEXT = text("texted = 'due'")
"""Conditions of partial indexes; a query that carries the same words is answered from the index."""

alert = Table(
    "alert",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("ticket", String(32), ForeignKey("ticket.number"), nullable=False),
    # The place in the ticket's log of the event it came of: with it an order alerts each post once.
    Column("event", Integer, nullable=False),
    # What happened (bot/words/alerts.py has it in words); the words themselves are never stored.
    Column("key", String(32), nullable=False),
    Column("post", String(16), nullable=False),
    # "" for the hotline's own leader and the city's inspection office.
    Column("unit", String(16), nullable=False),
    Column("supervision", String(32), nullable=False),
    Column("urgency", String(8), nullable=False),
    Column("at", Moment, nullable=False),
    # "" for the desk only, "due" while it waits to leave as a text to the officer's phone, then "told", or "no_phone".
    Column("texted", String(8), nullable=False, server_default=""),
    Column("seen_at", Moment),
    Column("seen_by", String(64), nullable=False, server_default=""),
    UniqueConstraint("ticket", "event", "key", "post", "unit"),
    Index("ix_alert_unseen", "unit", "post", "id", sqlite_where=UNSEEN, postgresql_where=UNSEEN),
    Index("ix_alert_to_text", "id", sqlite_where=TO_TEXT, postgresql_where=TO_TEXT),
)

supervision_block = Table(
    "supervision_block",
    metadata,
    Column("day", String(6), primary_key=True),
    Column("next", Integer, nullable=False),
)
