"""The clocks: when each ticket must be looked at next, alerts to units, numbers of supervisions."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Moment, RowId

revision = "0003_clocks"
down_revision = "0002"
branch_labels = None
depends_on = None

NOW = {"sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'", "postgresql": "now()"}
A_YEAR_ON = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', closed_at, '+365 days') || '000'",
    "postgresql": "closed_at + interval '365 days'",
}
WATCHED_NOW = "closed_at IS NULL OR number IN (SELECT ticket FROM ticket_request WHERE state = 'pending')"
NEVER = "('archived', 'merged')"


def upgrade() -> None:
    _columns()
    _tables()
    _first_look()


def _columns() -> None:
    op.add_column("ticket", sa.Column("heard_at", Moment(), nullable=True))
    op.add_column("ticket", sa.Column("silence_told", sa.Integer(), server_default="0", nullable=False))
    op.add_column("ticket", sa.Column("step_told", Moment(), nullable=True))
    op.add_column("ticket", sa.Column("watch_at", Moment(), nullable=True))
    op.add_column("supervision", sa.Column("overdue", sa.Boolean(), server_default=sa.false(), nullable=False))
    # Each ticket is now found by one time of its own instead of by the times of its parts.
    op.drop_index("ix_ticket_sign_by", table_name="ticket")
    op.drop_index("ix_assignment_helper_due", table_name="assignment")
    op.create_index(
        "ix_ticket_watch",
        "ticket",
        ["watch_at"],
        unique=False,
        sqlite_where=sa.text("watch_at IS NOT NULL"),
        postgresql_where=sa.text("watch_at IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_uncertain",
        "ticket",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_uncertain = 1 AND closed_at IS NULL"),
        postgresql_where=sa.text("due_uncertain AND closed_at IS NULL"),
    )


def _tables() -> None:
    op.create_table(
        "alert",
        sa.Column("id", RowId, nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("post", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("supervision", sa.String(length=32), nullable=False),
        sa.Column("urgency", sa.String(length=8), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("texted", sa.String(length=8), server_default="", nullable=False),
        sa.Column("seen_at", Moment(), nullable=True),
        sa.Column("seen_by", sa.String(length=64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_alert_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("ticket", "event", "key", "post", "unit", name=op.f("uq_alert_ticket_event_key_post_unit")),
    )
    for name, columns, condition in (
        ("ix_alert_unseen", ["unit", "post", "id"], "seen_at IS NULL"),
        ("ix_alert_to_text", ["id"], "texted = 'due'"),
    ):
        where = sa.text(condition)
        op.create_index(name, "alert", columns, unique=False, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "supervision_block",
        sa.Column("day", sa.String(length=6), nullable=False),
        sa.Column("next", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_supervision_block")),
    )


def _first_look() -> None:
    """What is open is looked at at once; what is over when it is a year old, as the packaged policies put it away."""
    dialect = op.get_bind().dialect.name
    set_to = f"CASE WHEN {WATCHED_NOW} THEN {NOW[dialect]} ELSE {A_YEAR_ON[dialect]} END"
    op.execute(f"UPDATE ticket SET watch_at = {set_to} WHERE state NOT IN {NEVER}")  # noqa: S608 -- our own words


def downgrade() -> None:
    raise NotImplementedError("alerts and looks have no place in the older tables; restore a backup instead")
