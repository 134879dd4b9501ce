"""Privacy: officers' accounts, who looked at whom, what a citizen asked of his data, and what is kept how long."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, Moment, RowId

revision = "0009_privacy"
down_revision = "0008_polls"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "citizen_request",
        sa.Column("id", RowId, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("citizen", RowId, nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("first_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("first_at", Moment(), nullable=True),
        sa.Column("done_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("refused_at", Moment(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizen_request")),
    )
    op.create_index(
        "ix_citizen_request_open",
        "citizen_request",
        ["citizen", "kind"],
        unique=True,
        sqlite_where=sa.text("done_at IS NULL AND refused_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL AND refused_at IS NULL"),
    )
    op.create_table(
        "officer",
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("roles", Json(), nullable=False),
        sa.Column("unit", sa.String(length=16), server_default="", nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("disabled_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_officer")),
    )
    op.create_table(
        "retention_mark",
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("done", RowId, nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_retention_mark")),
    )
    op.create_table(
        "secret_mark",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret_mark")),
    )
    op.create_table(
        "officer_session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["officer.account"], name=op.f("fk_officer_session_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_session")),
    )
    op.create_index(
        "ix_officer_session_open",
        "officer_session",
        ["account"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "reveal",
        sa.Column("id", RowId, nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("field", sa.String(length=2), nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("citizen", RowId, nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("second", sa.String(length=64), server_default="", nullable=False),
        sa.Column("second_at", Moment(), nullable=True),
        sa.Column("refused_at", Moment(), nullable=True),
        sa.Column("break_glass", sa.Boolean(), nullable=False),
        sa.Column("review_by", Moment(), nullable=True),
        sa.Column("reviewed_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("reviewed_at", Moment(), nullable=True),
        sa.Column("review_note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_reveal_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveal")),
    )
    op.create_index("ix_reveal_account", "reveal", ["account", "asked_at"], unique=False)
    op.create_index(op.f("ix_reveal_citizen"), "reveal", ["citizen"], unique=False)
    op.create_index(
        "ix_reveal_pending",
        "reveal",
        ["id"],
        unique=False,
        sqlite_where=sa.text("needs_second AND second_at IS NULL AND refused_at IS NULL"),
        postgresql_where=sa.text("needs_second AND second_at IS NULL AND refused_at IS NULL"),
    )
    op.create_index("ix_reveal_ticket", "reveal", ["ticket", "until"], unique=False)
    op.create_index(
        "ix_reveal_unreviewed",
        "reveal",
        ["review_by"],
        unique=False,
        sqlite_where=sa.text("break_glass AND reviewed_at IS NULL"),
        postgresql_where=sa.text("break_glass AND reviewed_at IS NULL"),
    )
    op.create_table(
        "access_entry",
        sa.Column("id", RowId, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=16), server_default="", nullable=False),
        sa.Column("deed", sa.String(length=16), nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=True),
        sa.Column("conversation_id", RowId, nullable=True),
        sa.Column("reveal_id", RowId, nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["reveal_id"], ["reveal.id"], name=op.f("fk_access_entry_reveal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_entry")),
    )
    op.create_index("ix_access_entry_account", "access_entry", ["account", "at"], unique=False)
    op.add_column("conversation", sa.Column("peer_sealed", sa.Text(), nullable=True))
    op.add_column("conversation", sa.Column("phone_sealed", sa.Text(), nullable=True))
    op.add_column("ticket", sa.Column("unit_text", sa.Text(), server_default="", nullable=False))
    op.add_column("ticket", sa.Column("anonymised_at", Moment(), nullable=True))
    op.create_index(
        "ix_ticket_keep",
        "ticket",
        ["closed_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NOT NULL AND anonymised_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NOT NULL AND anonymised_at IS NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("who looked at whom must not be forgotten; restore a backup instead")
