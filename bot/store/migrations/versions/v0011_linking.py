"""One citizen on many channels: codes sent to prove a phone or to claim a ticket, the links made, consent, and what the
planner weighed for each message."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, Moment, RowId

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_UNTEXTED = sa.text("code = '' AND used_at IS NULL")
_LINKED = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "proof",
        sa.Column("id", RowId, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("conversation_id", RowId, nullable=False),
        sa.Column("citizen", RowId, nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("phone_sealed", sa.Text(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("code", sa.String(length=32), server_default="", nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("held_by", RowId, nullable=True),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_proof_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof")),
        sa.UniqueConstraint("key", name=op.f("uq_proof_key")),
    )
    op.create_index("ix_proof_untexted", "proof", ["id"], sqlite_where=_UNTEXTED, postgresql_where=_UNTEXTED)
    op.create_index("ix_proof_conversation", "proof", ["conversation_id", "kind"])
    op.create_index("ix_proof_phone", "proof", ["phone", "asked_at"])
    op.create_index("ix_proof_ticket", "proof", ["ticket"])
    op.create_index("ix_proof_until", "proof", ["until"])
    op.create_table(
        "guess",
        sa.Column("conversation_id", RowId, nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_guess_conversation_id")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_guess")),
    )
    op.create_table(
        "link",
        sa.Column("id", RowId, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("conversation_id", RowId, nullable=False),
        sa.Column("citizen", RowId, nullable=False),
        sa.Column("was", RowId, nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=True),
        sa.Column("origin", RowId, nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("phone_sealed", sa.Text(), nullable=True),
        sa.Column("proof", sa.String(length=16), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_link_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
    )
    op.create_index("ix_link_conversation", "link", ["conversation_id"], sqlite_where=_LINKED, postgresql_where=_LINKED)
    op.create_index("ix_link_ticket", "link", ["ticket"], unique=True, sqlite_where=_LINKED, postgresql_where=_LINKED)
    op.create_index("ix_link_citizen", "link", ["citizen"], sqlite_where=_LINKED, postgresql_where=_LINKED)
    op.add_column("conversation", sa.Column("elsewhere", sa.Boolean(), nullable=True))
    op.add_column("conversation", sa.Column("elsewhere_at", Moment(), nullable=True))
    op.add_column("outbox", sa.Column("plans", Json(), server_default="[]", nullable=False))
    op.add_column("outbox", sa.Column("stage_at", Moment(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("who is linked with whom must not be forgotten; restore a backup instead")
