"""Repeats and families: matters many citizens report, who follows which ticket, and what was told."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, Moment

revision = "0006_families"
down_revision = "0005_callbacks"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("ticket", sa.Column("linked_to", sa.String(length=32), server_default="", nullable=False))
    op.add_column("ticket", sa.Column("repeat_of", sa.String(length=32), server_default="", nullable=False))
    _partial("ix_ticket_followers", "ticket", ["merged_into", "number"], "merged_into <> ''")
    _partial("ix_ticket_linked", "ticket", ["linked_to", "number"], "linked_to <> ''")
    _partial("ix_ticket_follower_callback", "ticket", ["callback_at"], "state = 'merged'")
    _matters()
    op.create_table(
        "place_key",
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("category", sa.String(length=8), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_place_key_ticket")),
        sa.PrimaryKeyConstraint("ticket", "key", name=op.f("pk_place_key")),
    )
    op.create_index("ix_place_key_found", "place_key", ["key", "category", "received_at"], unique=False)
    op.create_table(
        "family_look",
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_family_look_ticket")),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_family_look")),
    )
    op.create_table(
        "family_news",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("params", Json(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("told", sa.String(length=32), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_family_news_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_news")),
        sa.UniqueConstraint("ticket", "n", "place", name=op.f("uq_family_news_ticket_n_place")),
    )


def _matters() -> None:
    op.create_table(
        "matter",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("parent", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=8), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["parent"], ["ticket.number"], name=op.f("fk_matter_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
    )
    _partial("uq_matter_parent", "matter", ["parent"], "state <> 'dissolved'", unique=True)
    op.create_table(
        "matter_member",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("matter", ROW_ID, nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("merged", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("evidence", Json(), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["matter"], ["matter.id"], name=op.f("fk_matter_member_matter")),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_matter_member_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_member")),
        sa.UniqueConstraint("ticket", name=op.f("uq_matter_member_ticket")),
    )
    op.create_index(op.f("ix_matter_member_matter"), "matter_member", ["matter"], unique=False)
    _partial("ix_matter_member_proposed", "matter_member", ["id"], "state = 'proposed'")
    op.create_table(
        "kept_apart",
        sa.Column("one", sa.String(length=32), nullable=False),
        sa.Column("other", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("one", "other", name=op.f("pk_kept_apart")),
    )
    op.create_index(op.f("ix_kept_apart_other"), "kept_apart", ["other"], unique=False)


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    raise NotImplementedError("who follows which ticket has no place in the older tables; restore a backup instead")
