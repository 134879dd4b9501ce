"""How citizens find us (posters with a code to scan), and what each lets us send (leave for templates)."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, UniqueConstraint

from bot.store.tables.metadata import metadata
from bot.store.types import Moment, RowId

poster = Table(
    "poster",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("scene", String(64), nullable=False),
    # The district whose office put it up, "" for the whole city; and where it hangs, in the city's words.
    Column("district", String(16), nullable=False),
    Column("place", String(200), nullable=False),
    Column("url", String(500), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("ends_at", Moment),
    # What it brought, counted in the transaction of each message: scans of followers, new followers, tickets.
    Column("scans", Integer, nullable=False, server_default="0"),
    Column("follows", Integer, nullable=False, server_default="0"),
    Column("tickets", Integer, nullable=False, server_default="0"),
    UniqueConstraint("scene", "account", "channel"),
)

permit = Table(
    "permit",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("conversation_id", RowId, ForeignKey("conversation.id"), nullable=False),
    Column("template", String(128), nullable=False),
    # Sends the citizen still allows by this template; a lasting leave is not used up.
    Column("sends_left", Integer, nullable=False, server_default="0"),
    Column("granted", Integer, nullable=False, server_default="0"),
    Column("declined", Integer, nullable=False, server_default="0"),
    Column("revoked", Integer, nullable=False, server_default="0"),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("conversation_id", "template"),
)
