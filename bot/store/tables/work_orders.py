"""Tickets (工单), everything that happened to them, and what the citizen said of the result."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from bot.store.tables.metadata import metadata
from bot.store.types import Json, Moment, RowId

_OPEN = text("closed_at IS NULL")
_WATCHED = text("watch_at IS NOT NULL")
_DONE = text("closed_at IS NOT NULL AND lead_unit <> ''")
TRIAGE = text("state = 'to_callback' AND (satisfaction = 'dissatisfied' OR changed_satisfaction = 'dissatisfied')")
"""Waits for a reviewer; a query that carries the same words is answered from the index."""
UNDRAWN = text("drawn IS NULL")
"""Asked, and nobody has drawn yet whether by phone too."""
_WHOLE = text("closed_at IS NOT NULL AND anonymised_at IS NULL")

ticket = Table(
    "ticket",
    metadata,
    # The number is drawn before the ticket exists, so it is the key: nothing waits for the database to name it.
    Column("number", String(32), primary_key=True),
    Column("query_code", String(10), nullable=False),
    Column("policy", String(64), nullable=False),
    Column("conversation_id", RowId, ForeignKey("conversation.id"), nullable=False),
    Column("citizen", RowId, nullable=False),
    Column("type", String(16), nullable=False),
    Column("category", String(8), nullable=False),
    Column("urgency", String(8), nullable=False),
    Column("emotion", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("confidential", Boolean, nullable=False),
    Column("safety", Boolean, nullable=False),
    Column("alarm", String(2), nullable=False),
    Column("title", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("district", String(8), nullable=False),
    Column("place", Text, nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("occurred", Text, nullable=False),
    Column("respondent", Text, nullable=False),
    Column("wanted", Text, nullable=False),
    Column("missing", Json, nullable=False),
    # Ids of the photos and files the citizen reported it with; later ones stand in its supplements.
    Column("attachments", Json, nullable=False),
    Column("lead_unit", String(16), nullable=False),
    Column("co_units", Json, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("step_by", Moment),
    Column("accepted_at", Moment),
    Column("dispatched_at", Moment),
    Column("sign_by", Moment),
    Column("signed_at", Moment),
    Column("contact_by", Moment),
    Column("contacted_at", Moment),
    Column("due_at", Moment),
    Column("replied_at", Moment),
    Column("heard_at", Moment),
    Column("silence_told", Integer, nullable=False, server_default="0"),
    Column("step_told", Moment),
    # When its clock must be looked at next: time alone will have changed something by then. NULL for never again.
    Column("watch_at", Moment),
    Column("reviewed_at", Moment),
    Column("callback_at", Moment),
    Column("withdrawn_from", String(20)),
    Column("closed_at", Moment),
    Column("closing_kind", String(16)),
    Column("solved", String(10)),
    Column("satisfaction", String(16)),
    Column("changed_satisfaction", String(16)),
    Column("first_satisfaction", String(16)),
    Column("redo_no", Integer, nullable=False),
    Column("reject_count", Integer, nullable=False),
    Column("urge_count", Integer, nullable=False),
    Column("urged_at", Moment),
    Column("supplement_count", Integer, nullable=False),
    Column("callback_no", Integer, nullable=False),
    Column("public_reply", Text, nullable=False),
    Column("internal_note", Text, nullable=False),
    Column("respondent_unit", String(16), nullable=False, server_default=""),
    # What units read instead of a confidential citizen's words.
    Column("unit_text", Text, nullable=False, server_default=""),
    # When the citizen and his words were taken out of it for good.
    Column("anonymised_at", Moment),
    Column("counted_from", Moment),
    Column("due_uncertain", Boolean, nullable=False, server_default=false()),
    Column("interim_by", Moment),
    Column("last_contact_at", Moment),
    Column("cause", String(16)),
    Column("dissatisfied_count", Integer, nullable=False, server_default="0"),
    Column("false_closing_count", Integer, nullable=False, server_default="0"),
    Column("explanation_count", Integer, nullable=False, server_default="0"),
    Column("repeat_count", Integer, nullable=False, server_default="0"),
    Column("merged_into", String(32), nullable=False, server_default=""),
    Column("linked_to", String(32), nullable=False, server_default=""),
    # An earlier ticket of the same citizen on the same matter.
    Column("repeat_of", String(32), nullable=False, server_default=""),
    Column("objection_count", Integer, nullable=False, server_default="0"),
    Column("assessed", Boolean, nullable=False, server_default=true()),
    # Which tables hold papers of it: the others need not be asked.
    Column("papers", Json, nullable=False, server_default="[]"),
    # How many events it has: the next event's place, and the guard against two officers changing it at once.
    Column("events", Integer, nullable=False),
    # The hash of the last event: a log cut short shows.
    Column("chain", String(64), nullable=False, server_default=""),
    Index("ix_ticket_citizen", "citizen", "received_at"),
    Index("ix_ticket_state", "state", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_ticket_lead", "lead_unit", "state", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_ticket_keep", "closed_at", sqlite_where=_WHOLE, postgresql_where=_WHOLE),
    Index(
        "ix_ticket_callback",
        "callback_at",
        sqlite_where=text("state = 'to_callback'"),
        postgresql_where=text("state = 'to_callback'"),
    ),
    Index("ix_ticket_watch", "watch_at", sqlite_where=_WATCHED, postgresql_where=_WATCHED),
    # What the dispatch suggestion learns from, in the order it closed.
    Index("ix_ticket_learned", "closed_at", "number", sqlite_where=_DONE, postgresql_where=_DONE),
    Index("ix_ticket_triage", "reviewed_at", sqlite_where=TRIAGE, postgresql_where=TRIAGE),
    Index(
        "ix_ticket_uncertain",
        "due_at",
        sqlite_where=text("due_uncertain = 1 AND closed_at IS NULL"),
        postgresql_where=text("due_uncertain AND closed_at IS NULL"),
    ),
    Index(
        "ix_ticket_followers",
        "merged_into",
        "number",
        sqlite_where=text("merged_into <> ''"),
        postgresql_where=text("merged_into <> ''"),
    ),
    Index(
        "ix_ticket_linked",
        "linked_to",
        "number",
        sqlite_where=text("linked_to <> ''"),
        postgresql_where=text("linked_to <> ''"),
    ),
    Index(
        "ix_ticket_follower_callback",
        "callback_at",
        sqlite_where=text("state = 'merged'"),
        postgresql_where=text("state = 'merged'"),
    ),
)

ticket_event = Table(
    "ticket_event",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("ticket", String(32), ForeignKey("ticket.number"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("role", String(20), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("command", String(32), nullable=False),
    Column("from_state", String(20), nullable=False),
    Column("to_state", String(20), nullable=False),
    Column("data", Json, nullable=False),
    # The data was erased by law; its digest stays, so that the chain holds.
    Column("erased", Boolean, nullable=False, server_default=false()),
    # Shown to nobody but those who may read the sealed file it speaks of.
    Column("sealed", Boolean, nullable=False, server_default=false()),
    Column("digest", String(64), nullable=False, server_default=""),
    # Bound to the event before it; "" for events older than the chain.
    Column("hash", String(64), nullable=False, server_default=""),
    UniqueConstraint("ticket", "n"),
)

supplement = Table(
    "supplement",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("ticket", String(32), ForeignKey("ticket.number"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("text", Text, nullable=False),
    Column("attachments", Json, nullable=False),
)

survey = Table(
    "survey",
    metadata,
    # "<ticket number>-<round>": known before it is written.
    Column("id", String(48), primary_key=True),
    Column("ticket", String(32), ForeignKey("ticket.number"), nullable=False),
    # One asking per handling of the ticket: redo 1 is round 1.
    Column("round", Integer, nullable=False),
    Column("conversation_id", RowId, ForeignKey("conversation.id"), nullable=False),
    Column("citizen", RowId, nullable=False),
    Column("asks", String(8), nullable=False),
    Column("state", String(8), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("solved", String(10)),
    Column("satisfaction", String(16)),
    Column("reasons", Json, nullable=False),
    Column("comment", Text, nullable=False, server_default=""),
    Column("answered_at", Moment),
    # The draw of who is called (tickets/asking/sampling.py): whose it was, its place in the unit's month, and the lot.
    Column("unit", String(16)),
    Column("month", String(7)),
    Column("place", Integer),
    Column("drawn", Boolean),
    UniqueConstraint("ticket", "round"),
    Index("ix_survey_stratum", "month", "unit", "place", unique=True),
    Index("ix_survey_undrawn", "asked_at", sqlite_where=UNDRAWN, postgresql_where=UNDRAWN),
    Index("ix_survey_open", "citizen", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
)
