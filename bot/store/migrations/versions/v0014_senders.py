"""The processes that send, so that together they keep to a provider's pace."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sender",
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_sender")),
    )


def downgrade() -> None:
    op.drop_table("sender")
