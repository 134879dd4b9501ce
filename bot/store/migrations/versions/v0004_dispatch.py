"""The dispatch catalogue's proposals and versions, and what the suggestion learns from is found by index."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, Moment, RowId

revision = "0004_dispatch"
down_revision = "0003_clocks"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_ticket_learned", "ticket", ["closed_at", "number"], "closed_at IS NOT NULL AND lead_unit <> ''"),
    ("ix_ticket_request_returned", "ticket_request", ["decided_at"], "kind = 'return' AND state = 'approved'"),
    ("ix_assignment_led", "assignment", ["dispatched_at"], "role = 'lead'"),
    ("ix_catalogue_proposal_pending", "catalogue_proposal", ["id"], "state = 'pending'"),
)


def upgrade() -> None:
    op.create_table(
        "catalogue_proposal",
        sa.Column("id", RowId, nullable=False),
        sa.Column("rule", Json(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=True),
        sa.Column("consultation", sa.Integer(), nullable=True),
        sa.Column("barred", Json(), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_catalogue_proposal_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_proposal")),
        sa.UniqueConstraint("ticket", "consultation", name=op.f("uq_catalogue_proposal_ticket_consultation")),
    )
    op.create_table(
        "catalogue_version",
        sa.Column("number", RowId, nullable=False),
        sa.Column("rule", Json(), nullable=False),
        sa.Column("proposal", RowId, nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=False),
        sa.Column("approved_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["proposal"], ["catalogue_proposal.id"], name=op.f("fk_catalogue_version_proposal")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_catalogue_version")),
        sa.UniqueConstraint("proposal", name=op.f("uq_catalogue_version_proposal")),
    )
    for name, table, columns, condition in INDEXES:
        where = sa.text(condition)
        op.create_index(name, table, columns, unique=False, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name, table, _, _ in INDEXES[:-1]:
        op.drop_index(name, table_name=table)
    op.drop_table("catalogue_version")
    op.drop_table("catalogue_proposal")
