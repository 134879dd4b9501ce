"""Who looked at whom, and what was asked about a citizen's own data."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, Text, text

from bot.store.tables.metadata import metadata
from bot.store.types import Moment, RowId

_PENDING = text("needs_second AND second_at IS NULL AND refused_at IS NULL")
_UNREVIEWED = text("break_glass AND reviewed_at IS NULL")
_OPEN = text("done_at IS NULL AND refused_at IS NULL")

access_entry = Table(
    "access_entry",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at", Moment, nullable=False),
    # The officer as he was then; "" where nobody was logged in.
    Column("account", String(64), nullable=False),
    Column("unit", String(16), nullable=False, server_default=""),
    # "login", "logout", "refused", "reveal", "read", "alarm", "export", "erase", "officer" …
    Column("deed", String(16), nullable=False),
    Column("ticket", String(32)),
    Column("conversation_id", RowId),
    Column("reveal_id", RowId, ForeignKey("reveal.id")),
    Column("note", Text, nullable=False, server_default=""),
    Index("ix_access_entry_account", "account", "at"),
)

reveal = Table(
    "reveal",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("account", String(64), nullable=False),
    Column("unit", String(16), nullable=False),
    # The role the citizen is told.
    Column("role", String(20), nullable=False),
    # "P0" or "P1".
    Column("field", String(2), nullable=False),
    Column("ticket", String(32), ForeignKey("ticket.number"), nullable=False),
    Column("citizen", RowId, nullable=False, index=True),
    Column("purpose", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    # NULL while a second person has not agreed.
    Column("until", Moment),
    Column("needs_second", Boolean, nullable=False),
    Column("second", String(64), nullable=False, server_default=""),
    Column("second_at", Moment),
    Column("refused_at", Moment),
    # Life was in danger: it ran at once, and somebody looks afterwards whether it had to.
    Column("break_glass", Boolean, nullable=False),
    Column("review_by", Moment),
    Column("reviewed_by", String(64), nullable=False, server_default=""),
    Column("reviewed_at", Moment),
    Column("review_note", Text, nullable=False, server_default=""),
    Index("ix_reveal_account", "account", "asked_at"),
    Index("ix_reveal_ticket", "ticket", "until"),
    Index("ix_reveal_pending", "id", sqlite_where=_PENDING, postgresql_where=_PENDING),
    Index("ix_reveal_unreviewed", "review_by", sqlite_where=_UNREVIEWED, postgresql_where=_UNREVIEWED),
)

citizen_request = Table(
    "citizen_request",
    metadata,
    Column("id", RowId, primary_key=True),
    # "export" or "erase".
    Column("kind", String(8), nullable=False),
    Column("citizen", RowId, nullable=False),
    # "" when the citizen asked himself, in the dialog.
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("first_by", String(64), nullable=False, server_default=""),
    Column("first_at", Moment),
    Column("done_by", String(64), nullable=False, server_default=""),
    Column("done_at", Moment),
    Column("refused_at", Moment),
    Column("note", Text, nullable=False, server_default=""),
    Index("ix_citizen_request_open", "citizen", "kind", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
)

retention_mark = Table(
    "retention_mark",
    metadata,
    # How far the job of this name came: rows up to this id are done.
    Column("job", String(32), primary_key=True),
    Column("done", RowId, nullable=False),
)
