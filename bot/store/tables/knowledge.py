"""What editors write, what was answered with it, what it could not answer, and the work that follows."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from bot.store.tables.metadata import metadata
from bot.store.types import Json, Moment, RowId

knowledge_entry = Table(
    "knowledge_entry",
    metadata,
    # What hubs serve: the live version of each entry, or its last word that it is served no more.
    Column("id", String(32), primary_key=True),
    Column("entry", Json, nullable=False),
    # Grows with every change of any entry, so that a running hub reads only what is new to it.
    Column("version", Integer, nullable=False, index=True),
    Column("changed_at", Moment, nullable=False),
)

OPEN_VERSION = text("state IN ('draft', 'review')")
LIVE_VERSION = text("state IN ('published', 'held')")
OPEN_TASK = text("done_at IS NULL")
UNPLACED = text("task_id IS NULL")
UNTOLD = text("wants AND told_at IS NULL")
"""Conditions of partial indexes; a query that carries the same words is answered from the index."""

knowledge_version = Table(
    "knowledge_version",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("entry", String(32), nullable=False),
    Column("n", Integer, nullable=False),
    Column("text", Json, nullable=False),
    # Of the text, for lists and for what is due.
    Column("question", String(128), nullable=False),
    Column("owner_unit", String(16), nullable=False),
    Column("expires", Date),
    Column("next_check", Date),
    Column("state", String(9), nullable=False),
    Column("editor", String(64), nullable=False),
    Column("edited_at", Moment, nullable=False),
    Column("reviewer", String(64), nullable=False, server_default=""),
    Column("reviewed_at", Moment),
    Column("note", Text, nullable=False, server_default=""),
    # The gap this version answers.
    Column("task_id", RowId, ForeignKey("knowledge_task.id")),
    UniqueConstraint("entry", "n"),
    # One text of an entry is being written at a time, and one is said.
    Index("ix_knowledge_version_open", "entry", unique=True, sqlite_where=OPEN_VERSION, postgresql_where=OPEN_VERSION),
    Index("ix_knowledge_version_live", "entry", unique=True, sqlite_where=LIVE_VERSION, postgresql_where=LIVE_VERSION),
    Index("ix_knowledge_version_ends", "expires", sqlite_where=LIVE_VERSION, postgresql_where=LIVE_VERSION),
    Index("ix_knowledge_version_check", "next_check", sqlite_where=LIVE_VERSION, postgresql_where=LIVE_VERSION),
    Index("ix_knowledge_version_state", "state", "owner_unit"),
)

knowledge_task = Table(
    "knowledge_task",
    metadata,
    Column("id", RowId, primary_key=True),
    # "gap", "report", "conflict" or "check".
    Column("kind", String(8), nullable=False),
    # What makes it one task while it is open: "report:KB-0412".
    Column("key", String(80), nullable=False),
    Column("entry", String(32), nullable=False, server_default=""),
    # Of a conflict: the entry it contradicts.
    Column("other", String(32), nullable=False, server_default=""),
    # Of a gap: the question that founded it, without what tells who asked.
    Column("question", Text, nullable=False, server_default=""),
    Column("owner_unit", String(16), nullable=False, server_default=""),
    # What the hub proposes, and why; an editor names the owner.
    Column("suggested", String(16), nullable=False, server_default=""),
    Column("why", Text, nullable=False, server_default=""),
    Column("named_by", String(64), nullable=False, server_default=""),
    Column("asked", Integer, nullable=False, server_default="0"),
    Column("opened_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("reminders", Integer, nullable=False, server_default="0"),
    Column("remind_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("done_by", String(64), nullable=False, server_default=""),
    # "published", "kept", "withdrawn" or "dismissed".
    Column("outcome", String(16), nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Index("ix_knowledge_task_open", "key", unique=True, sqlite_where=OPEN_TASK, postgresql_where=OPEN_TASK),
    Index("ix_knowledge_task_late", "remind_at", sqlite_where=OPEN_TASK, postgresql_where=OPEN_TASK),
)

knowledge_report = Table(
    "knowledge_report",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("entry", String(32), nullable=False, index=True),
    # "wrong" or "outdated".
    Column("reason", String(8), nullable=False),
    Column("words", Text, nullable=False, server_default=""),
    # A citizen's conversation, or the officer who says so.
    Column("conversation_id", RowId, ForeignKey("conversation.id")),
    Column("citizen", RowId),
    Column("by", String(64), nullable=False, server_default=""),
    Column("at", Moment, nullable=False),
    Column("task_id", RowId, ForeignKey("knowledge_task.id"), index=True),
    Index("ix_knowledge_report_new", "id", sqlite_where=UNPLACED, postgresql_where=UNPLACED),
)

consultation_answer = Table(
    "consultation_answer",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("conversation_id", RowId, ForeignKey("conversation.id"), nullable=False),
    Column("message_id", RowId, ForeignKey("message.id"), nullable=False),
    Column("entry", String(32), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    # NULL on the row of the answer itself; the citizen's verdict is a row of its own.
    Column("solved", String(10)),
)

unanswered = Table(
    "unanswered",
    metadata,
    Column("id", RowId, primary_key=True),
    # Of the message that asked: what the citizen says of it later finds it again.
    Column("key", String(64), unique=True),
    Column("conversation_id", RowId, ForeignKey("conversation.id"), nullable=False),
    Column("question", Text, nullable=False),
    Column("at", Moment, nullable=False),
    # The entry that was said and did not help, "" where there was none.
    Column("entry", String(32), nullable=False, server_default=""),
    Column("task_id", RowId, ForeignKey("knowledge_task.id"), index=True),
    # The citizen wants to be told once there is an answer; when he was.
    Column("wants", Boolean, nullable=False, server_default=text("false")),
    Column("told_at", Moment),
    Index("ix_unanswered_new", "id", sqlite_where=UNPLACED, postgresql_where=UNPLACED),
    Index("ix_unanswered_untold", "task_id", sqlite_where=UNTOLD, postgresql_where=UNTOLD),
)
