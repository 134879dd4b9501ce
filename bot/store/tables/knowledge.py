"""What editors imported, what was answered with it, and what it could not answer."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from bot.store.tables.metadata import metadata
from bot.store.types import Json, Moment, RowId

knowledge_entry = Table(
    "knowledge_entry",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("entry", Json, nullable=False),
    # Grows with every change of any entry, so that a running hub reads only what is new to it.
    Column("version", Integer, nullable=False, index=True),
    Column("changed_at", Moment, nullable=False),
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
    Column("conversation_id", RowId, ForeignKey("conversation.id"), nullable=False),
    Column("question", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
