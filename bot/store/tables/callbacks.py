"""Calling back by phone (电话回访): how many of a unit were asked, whom to call, and which letters' links were used."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, text

from bot.store.tables.metadata import metadata
from bot.store.types import Json, Moment, RowId

callback_stratum = Table(
    "callback_stratum",
    metadata,
    # "2026-09": a month of the city's clock.
    Column("month", String(7), primary_key=True),
    Column("unit", String(16), primary_key=True),
    # Made by chance when the month's first ticket of the unit comes; with it every draw can be repeated.
    Column("seed", String(32), nullable=False),
    Column("count", Integer, nullable=False, server_default="0"),
)

WAITING_CALLS = text("state = 'open'")

callback_call = Table(
    "callback_call",
    metadata,
    # The survey's: one call, tried several times, per handling of the ticket.
    Column("id", String(48), ForeignKey("survey.id"), primary_key=True),
    Column("ticket", String(32), ForeignKey("ticket.number"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("conversation_id", RowId, ForeignKey("conversation.id"), nullable=False),
    # Why by phone: "drawn", "urgent", "redo", "unsolved", "channel".
    Column("reasons", Json, nullable=False),
    # The lot fell on him: he is called even where he answered by message.
    Column("drawn", Boolean, nullable=False),
    # "open", then "answered", "unreached", or "spared" when nothing is left to ask.
    Column("state", String(10), nullable=False),
    Column("not_before", Moment, nullable=False),
    # Later nobody calls about it any more.
    Column("until", Moment, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("taken_by", String(64), nullable=False, server_default=""),
    Column("taken_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("done_by", String(64), nullable=False, server_default=""),
    Index("ix_callback_call_open", "not_before", sqlite_where=WAITING_CALLS, postgresql_where=WAITING_CALLS),
)

used_link = Table(
    "used_link",
    metadata,
    # A letter's link rates once: this row is what makes it so.
    Column("survey", String(48), ForeignKey("survey.id"), primary_key=True),
    Column("at", Moment, nullable=False),
)
