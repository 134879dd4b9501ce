"""Callback by phone, by link, and ratings that stand beside each other."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, Moment, RowId

revision = "0005_callbacks"
down_revision = "0004_dispatch"
branch_labels = None
depends_on = None

TRIAGE = "state = 'to_callback' AND (satisfaction = 'dissatisfied' OR changed_satisfaction = 'dissatisfied')"


def upgrade() -> None:
    op.add_column("ticket", sa.Column("changed_satisfaction", sa.String(length=16), nullable=True))
    op.create_index(
        "ix_ticket_triage",
        "ticket",
        ["reviewed_at"],
        unique=False,
        sqlite_where=sa.text(TRIAGE),
        postgresql_where=sa.text(TRIAGE),
    )
    op.add_column("callback", sa.Column("comment", sa.Text(), server_default="", nullable=False))
    op.add_column("callback", sa.Column("contacted", sa.Boolean(), nullable=True))
    op.add_column("callback", sa.Column("answered_at", Moment(), nullable=True))
    op.add_column("callback", sa.Column("standing", sa.String(length=8), server_default="counts", nullable=False))
    op.add_column("survey", sa.Column("unit", sa.String(length=16), nullable=True))
    op.add_column("survey", sa.Column("month", sa.String(length=7), nullable=True))
    op.add_column("survey", sa.Column("place", sa.Integer(), nullable=True))
    op.add_column("survey", sa.Column("drawn", sa.Boolean(), nullable=True))
    # Nobody drew lots for what was asked before.
    op.execute("UPDATE survey SET drawn = FALSE")
    op.create_index(
        "ix_survey_undrawn",
        "survey",
        ["asked_at"],
        unique=False,
        sqlite_where=sa.text("drawn IS NULL"),
        postgresql_where=sa.text("drawn IS NULL"),
    )
    op.create_index("ix_survey_stratum", "survey", ["month", "unit", "place"], unique=True)
    _new_tables()


def _new_tables() -> None:
    op.create_table(
        "callback_stratum",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("month", "unit", name=op.f("pk_callback_stratum")),
    )
    op.create_table(
        "callback_call",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("conversation_id", RowId, nullable=False),
        sa.Column("reasons", Json(), nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("not_before", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("taken_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("taken_until", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("done_by", sa.String(length=64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_callback_call_conversation_id")
        ),
        sa.ForeignKeyConstraint(["id"], ["survey.id"], name=op.f("fk_callback_call_id")),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_callback_call_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_call")),
    )
    op.create_index(
        "ix_callback_call_open",
        "callback_call",
        ["not_before"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "used_link",
        sa.Column("survey", sa.String(length=48), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["survey"], ["survey.id"], name=op.f("fk_used_link_survey")),
        sa.PrimaryKeyConstraint("survey", name=op.f("pk_used_link")),
    )


def downgrade() -> None:
    raise NotImplementedError(
        "second answers and changes of ratings have no place in the older tables; restore a backup"
    )
