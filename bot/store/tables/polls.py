"""The accounts we ask ourselves: which process holds the one connection, and how far it came."""

from sqlalchemy import Column, String, Table, Text

from bot.store.tables.metadata import metadata
from bot.store.types import Moment

poll = Table(
    "poll",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("account", String(64), primary_key=True),
    # Opaque outside the adapter; written in the transaction of the message it stands behind.
    Column("cursor", Text, nullable=False, server_default=""),
    # The process that holds the connection, "" for none, and until when.
    Column("owner", String(64), nullable=False, server_default=""),
    Column("lease_until", Moment),
    # The class of what last went wrong, "" while all is well: for the operator.
    Column("error", String(64), nullable=False, server_default=""),
    Column("changed_at", Moment, nullable=False),
)
