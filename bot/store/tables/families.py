"""Matters many citizens report (串案): who follows which ticket, what was proposed, and where to look for the same."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, false, text

from bot.store.tables.metadata import metadata
from bot.store.types import Json, Moment, RowId

_LIVE = text("state <> 'dissolved'")

matter = Table(
    "matter",
    metadata,
    Column("id", RowId, primary_key=True),
    # The ticket the others follow.
    Column("parent", String(32), ForeignKey("ticket.number"), nullable=False),
    Column("title", Text, nullable=False),
    Column("category", String(8), nullable=False),
    # The place all share, as a key (tickets/assessment/spots.py).
    Column("place", String(80), nullable=False),
    # "proposed", "open" or "dissolved".
    Column("state", String(10), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(64), nullable=False),
    Index("uq_matter_parent", "parent", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
)

matter_member = Table(
    "matter_member",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("matter", RowId, ForeignKey("matter.id"), nullable=False, index=True),
    # A ticket has one place: its log keeps where it was before.
    Column("ticket", String(32), ForeignKey("ticket.number"), nullable=False),
    # "proposed", "joined" or "apart".
    Column("state", String(8), nullable=False),
    # Joined while no unit had it: it follows the parent; else it goes beside.
    Column("merged", Boolean, nullable=False, server_default=false()),
    Column("score", Integer, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("decided_by", String(64), nullable=False, server_default=""),
    UniqueConstraint("ticket"),
    Index(
        "ix_matter_member_proposed",
        "id",
        sqlite_where=text("state = 'proposed'"),
        postgresql_where=text("state = 'proposed'"),
    ),
)

kept_apart = Table(
    "kept_apart",
    metadata,
    # The smaller number first: somebody said these two are not the same matter.
    Column("one", String(32), primary_key=True),
    Column("other", String(32), primary_key=True, index=True),
    Column("at", Moment, nullable=False),
    Column("by", String(64), nullable=False),
)

place_key = Table(
    "place_key",
    metadata,
    Column("ticket", String(32), ForeignKey("ticket.number"), primary_key=True),
    Column("key", String(80), primary_key=True),
    Column("category", String(8), nullable=False),
    Column("received_at", Moment, nullable=False),
    Index("ix_place_key_found", "key", "category", "received_at"),
)

family_look = Table(
    "family_look",
    metadata,
    # A ticket whose like nobody has looked for yet.
    Column("ticket", String(32), ForeignKey("ticket.number"), primary_key=True),
    Column("at", Moment, nullable=False),
)

family_news = Table(
    "family_news",
    metadata,
    Column("id", RowId, primary_key=True),
    # What happened to a ticket others follow, until each of them is told: the n-th event, its notice and blanks.
    Column("ticket", String(32), ForeignKey("ticket.number"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("key", String(32), nullable=False),
    Column("params", Json, nullable=False),
    Column("at", Moment, nullable=False),
    # The last follower told, "" before the first.
    Column("told", String(32), nullable=False, server_default=""),
    UniqueConstraint("ticket", "n", "place"),
)
