"""What the hub itself must remember to run: files, jobs, numbers, pauses, refusals."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, text

from bot.store.tables.metadata import metadata
from bot.store.types import Moment, RowId

attachment = Table(
    "attachment",
    metadata,
    # Unguessable: it stands in download links.
    Column("id", String(43), primary_key=True),
    Column("conversation_id", RowId, ForeignKey("conversation.id"), nullable=False),
    Column("message_id", RowId, ForeignKey("message.id")),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    # The provider's own id of the file, "" when it was given to us whole.
    Column("ref", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("media_type", String(128), nullable=False),
    Column("name", Text, nullable=False),
    Column("size", Integer),
    Column("sha256", String(64), nullable=False, server_default=""),
    # "pending" until fetched, then "stored", or "gone" when the provider has it no more.
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("error_code", String(64), nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Index(
        "ix_attachment_pending",
        "not_before",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)

job_run = Table(
    "job_run",
    metadata,
    Column("job", String(64), primary_key=True),
    Column("slot", Moment, primary_key=True),
    Column("host", String(128), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("outcome", String(16), nullable=False, server_default=""),
)

number_block = Table(
    "number_block",
    metadata,
    Column("day", String(6), primary_key=True),
    Column("next", Integer, nullable=False),
)

account_state = Table(
    "account_state",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("account", String(64), primary_key=True),
    # Nothing is sent before this moment (provider said "later" for the whole account, or an operator must act).
    Column("paused_until", Moment),
    Column("reason", String(64), nullable=False, server_default=""),
    # Since when it rests for this reason, pause after pause.
    Column("changed_at", Moment, nullable=False),
)

sender = Table(
    "sender",
    metadata,
    # A process that sends, and when it last said so.
    Column("owner", String(64), primary_key=True),
    Column("seen_at", Moment, nullable=False),
)

late_receipt = Table(
    "late_receipt",
    metadata,
    # A receipt that came before its send was settled waits here for it.
    Column("id", RowId, primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("provider_id", String(128), nullable=False),
    Column("stage", String(10), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_late_receipt_provider", "channel", "account", "provider_id"),
)

secret_mark = Table(
    "secret_mark",
    metadata,
    # "keys": the hash of a known word, so that the wrong keys are noticed before anything is written with them.
    # "sealed": every row from before there were keys is sealed.
    Column("name", String(16), primary_key=True),
    Column("mark", String(64), nullable=False),
)

refusal = Table(
    "refusal",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    # The shape without the words: method, header names, tag or key names.
    Column("shape", Text, nullable=False),
)

officer_seen = Table(
    "officer_seen",
    metadata,
    # Who is at a desk page now.
    Column("name", String(64), primary_key=True),
    Column("seen_at", Moment, nullable=False),
)
