"""The city's app: calls to the devices of citizens who are away, and how far the officer has read."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Moment, RowId

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

DUE = "not_before IS NOT NULL"


def upgrade() -> None:
    op.add_column("conversation", sa.Column("officer_seq", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "push",
        sa.Column("conversation_id", RowId, autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.String(length=26), server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_push_conversation_id")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_push")),
    )
    op.create_index(
        "ix_push_due", "push", ["not_before"], unique=False, sqlite_where=sa.text(DUE), postgresql_where=sa.text(DUE)
    )


def downgrade() -> None:
    op.drop_table("push")
    op.drop_column("conversation", "officer_seq")
