"""Accounts we ask ourselves (mailboxes, bots): a lease and a cursor for each."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Moment

revision = "0008_polls"
down_revision = "0007_knowledge"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "poll",
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("cursor", sa.Text(), server_default="", nullable=False),
        sa.Column("owner", sa.String(length=64), server_default="", nullable=False),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("error", sa.String(length=64), server_default="", nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", name=op.f("pk_poll")),
    )


def downgrade() -> None:
    op.drop_table("poll")
