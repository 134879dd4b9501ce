"""Who works here: officers' accounts, and the sessions of those who are logged in."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, text

from bot.store.tables.metadata import metadata
from bot.store.types import Json, Moment

officer = Table(
    "officer",
    metadata,
    Column("account", String(32), primary_key=True),
    Column("name", String(20), nullable=False),
    Column("roles", Json, nullable=False),
    # The unit he works for, "" for the hotline's own people.
    Column("unit", String(16), nullable=False, server_default=""),
    # Argon2id, with its parameters and salt in it.
    Column("hash", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
)

officer_session = Table(
    "officer_session",
    metadata,
    # The digest of the token: who reads this table cannot log in with it.
    Column("id", String(64), primary_key=True),
    Column("account", String(32), ForeignKey("officer.account"), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index(
        "ix_officer_session_open",
        "account",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)
