"""Who talks with us, what they said, and what we say back."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from bot.store.sealed import KeyTag, Sealed, Tag
from bot.store.tables.metadata import metadata
from bot.store.types import Json, Moment, RowId

DRAFTED = text("draft_since IS NOT NULL")
"""Condition of a partial index; a query that carries the same words is answered from it."""

conversation = Table(
    "conversation",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    # The hash of a phone or mail address, with the address itself sealed beside it; any other peer as it is.
    Column("peer", Tag(128), nullable=False),
    Column("peer_sealed", Sealed),
    # Who this is, as far as proved: the id of the oldest conversation of the same citizen (its own until proof comes).
    Column("citizen", RowId, index=True),
    Column("phone", Tag(32), index=True),
    Column("phone_sealed", Sealed),
    Column("memory", Json, nullable=False),
    Column("owner", String(8), nullable=False, server_default="bot"),
    Column("agent", String(64), nullable=False, server_default=""),
    Column("owner_since", Moment),
    # Both directions share one numbering; it grows only under the row's lock.
    Column("last_seq", Integer, nullable=False, server_default="0"),
    # How far the citizen has read, where his device says so, and the officer who holds the conversation.
    Column("read_seq", Integer, nullable=False, server_default="0"),
    Column("officer_seq", Integer, nullable=False, server_default="0"),
    # The reply-window ledger (protocols.md §1.6): how many free messages are left, until when.
    Column("window_left", Integer, nullable=False, server_default="0"),
    Column("window_until", Moment),
    Column("opted_out_at", Moment),
    Column("unreachable_at", Moment),
    # Whether notices may also go where else the citizen is proved to be, NULL until he was asked; and since when.
    Column("elsewhere", Boolean),
    Column("elsewhere_at", Moment),
    # A half-filled report lies in the memory: since when the citizen is silent, and when he was reminded.
    Column("draft_since", Moment),
    Column("draft_reminded_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    # What tells most comes first: hundreds of citizens are looked up at once, all of one account.
    UniqueConstraint("peer", "account", "channel"),
    Index(
        "ix_conversation_waiting",
        "owner_since",
        sqlite_where=text("owner = 'queue'"),
        postgresql_where=text("owner = 'queue'"),
    ),
    Index("ix_conversation_draft", "draft_since", sqlite_where=DRAFTED, postgresql_where=DRAFTED),
)

message = Table(
    "message",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("conversation_id", RowId, ForeignKey("conversation.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("dedupe_key", KeyTag(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    # Everything else of the Inbound (see bot/store/wording.py), NULL for a plain text.
    Column("body", Json),
    Column("digest", String(64), nullable=False, server_default=""),
    Column("sent_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", String(8), nullable=False, server_default="done"),
    Column("error_id", String(36)),
    UniqueConstraint("dedupe_key", "account", "channel"),
    UniqueConstraint("conversation_id", "seq"),
    Index("ix_message_stuck", "id", sqlite_where=text("state = 'stuck'"), postgresql_where=text("state = 'stuck'")),
)

OPEN_OUTBOX = text("state IN ('queued', 'leased', 'offered')")
UNSENT_OUTBOX = text("state IN ('held', 'dead')")
"""Conditions of partial indexes; a query that carries the same words is answered from the index."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", String(128), nullable=False, unique=True),
    Column("conversation_id", RowId, ForeignKey("conversation.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    # Where it leaves: the conversation's own address, or the one the planner fell back to.
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("peer", Tag(128), nullable=False),
    # {"text", "choices"}, and of a notice its key and "params" too (bot/store/wording.py).
    Column("body", Json, nullable=False),
    # "bot", "agent" or "system": what a person wrote goes before what the machine says.
    Column("sender", String(8), nullable=False),
    # 0 emergency, 1 answer to one who is writing now, 2 a person's words, 5 notice, 9 mass notice.
    Column("priority", Integer, nullable=False),
    Column("in_reply_to", RowId, ForeignKey("message.id")),
    Column("ticket", String(32)),
    Column("state", String(9), nullable=False),
    Column("route", String(16), nullable=False, server_default=""),
    Column("why", String(64), nullable=False, server_default=""),
    Column("not_before", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("lease_owner", String(64), nullable=False, server_default=""),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("provider_id", String(128), nullable=False, server_default=""),
    Column("stage", String(10), nullable=False, server_default=""),
    # When the provider's last word about it came.
    Column("stage_at", Moment),
    Column("error_class", String(32), nullable=False, server_default=""),
    Column("error_code", String(64), nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    # What the planner decided each time it looked, and what it weighed (bot/outbox/lease.py).
    Column("plans", Json, nullable=False, server_default="[]"),
    UniqueConstraint("conversation_id", "seq"),
    # What waits, account by account in the order it goes; and what is out on a lease.
    Index(
        "ix_outbox_queue",
        "channel",
        "account",
        "priority",
        "not_before",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_outbox_lease",
        "lease_until",
        sqlite_where=text("state = 'leased'"),
        postgresql_where=text("state = 'leased'"),
    ),
    Index(
        "ix_outbox_open_conversation", "conversation_id", "seq", sqlite_where=OPEN_OUTBOX, postgresql_where=OPEN_OUTBOX
    ),
    Index("ix_outbox_in_reply_to", "in_reply_to"),
    Index(
        "ix_outbox_provider",
        "channel",
        "account",
        "provider_id",
        sqlite_where=text("provider_id <> ''"),
        postgresql_where=text("provider_id <> ''"),
    ),
    Index(
        "ix_outbox_letters",
        "id",
        sqlite_where=UNSENT_OUTBOX,
        postgresql_where=UNSENT_OUTBOX,
    ),
)

handover = Table(
    "handover",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("conversation_id", RowId, ForeignKey("conversation.id"), nullable=False, index=True),
    Column("reason", String(32), nullable=False),
    Column("summary", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("taken_at", Moment),
    Column("agent", String(64), nullable=False, server_default=""),
    Column("ended_at", Moment),
)

alarm = Table(
    "alarm",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("level", String(2), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("conversation_id", RowId, ForeignKey("conversation.id"), nullable=False),
    Column("message_id", RowId, ForeignKey("message.id")),
    Column("raised_at", Moment, nullable=False),
    Column("acknowledged_at", Moment),
    Column("acknowledged_by", String(64), nullable=False, server_default=""),
    Index(
        "ix_alarm_open",
        "id",
        sqlite_where=text("acknowledged_at IS NULL"),
        postgresql_where=text("acknowledged_at IS NULL"),
    ),
)

TO_CALL = text("done_at IS NULL")
"""Condition of a partial index; a query that carries the same words is answered from it."""

call_task = Table(
    "call_task",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", String(128), nullable=False, unique=True),
    Column("conversation_id", RowId, ForeignKey("conversation.id"), nullable=False),
    Column("outbox_id", RowId, ForeignKey("outbox.id")),
    Column("ticket", String(32)),
    Column("reason", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    # By when the citizen was promised the call, NULL where none was promised.
    Column("due_at", Moment),
    Column("done_at", Moment),
    Column("done_by", String(64), nullable=False, server_default=""),
    Column("result", Text, nullable=False, server_default=""),
    # Nobody calls earlier, NULL where he may be called at once; who holds it, and how often nobody answered.
    Column("not_before", Moment),
    Column("taken_by", String(64), nullable=False, server_default=""),
    Column("taken_until", Moment),
    Column("tries", Integer, nullable=False, server_default="0"),
    Index("ix_call_task_open", "conversation_id", sqlite_where=TO_CALL, postgresql_where=TO_CALL),
)
