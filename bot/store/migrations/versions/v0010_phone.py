"""Telephone calls, seats, what was registered during a call, units called into it; calls to make are held and tried."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, Moment, RowId

revision = "0010"
down_revision = "0009_privacy"
branch_labels = None
depends_on = None

UNDER_WAY, TO_DO, TO_CALL = sa.text("ended_at IS NULL"), sa.text("due_at IS NOT NULL"), sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "call",
        sa.Column("id", RowId, nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("call_id", sa.String(length=128), nullable=False),
        sa.Column("conversation_id", RowId, nullable=True),
        sa.Column("direction", sa.String(length=3), server_default="", nullable=False),
        sa.Column("line", sa.String(length=64), server_default="", nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("queued_at", Moment(), nullable=True),
        sa.Column("ringing_at", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("extension", sa.String(length=16), server_default="", nullable=False),
        sa.Column("officer", sa.String(length=64), server_default="", nullable=False),
        sa.Column("marks", Json(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_call_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("call_id", "account", "channel", name=op.f("uq_call_call_id_account_channel")),
    )
    where: dict[str, Any] = {"sqlite_where": UNDER_WAY, "postgresql_where": UNDER_WAY}
    op.create_index("ix_call_under_way", "call", ["extension"], unique=False, **where)
    op.create_index("ix_call_conversation", "call", ["conversation_id", "began_at"], unique=False)
    op.create_index("ix_call_officer", "call", ["officer", "began_at"], unique=False)
    op.create_table(
        "seat",
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("extension", sa.String(length=16), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("officer", name=op.f("pk_seat")),
        sa.UniqueConstraint("extension", "account", "channel", name=op.f("uq_seat_extension_account_channel")),
    )
    op.create_table(
        "call_ticket",
        sa.Column("id", RowId, nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("call", RowId, nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("deed", sa.String(length=12), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["call"], ["call.id"], name=op.f("fk_call_ticket_call")),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_call_ticket_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_ticket")),
        sa.UniqueConstraint("key", name=op.f("uq_call_ticket_key")),
    )
    op.create_index(op.f("ix_call_ticket_call"), "call_ticket", ["call"], unique=False)
    op.create_index(op.f("ix_call_ticket_ticket"), "call_ticket", ["ticket"], unique=False)
    _units()
    op.add_column("call_task", sa.Column("not_before", Moment(), nullable=True))
    op.add_column("call_task", sa.Column("taken_by", sa.String(length=64), server_default="", nullable=False))
    op.add_column("call_task", sa.Column("taken_until", Moment(), nullable=True))
    op.add_column("call_task", sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
    where = {"sqlite_where": TO_CALL, "postgresql_where": TO_CALL}
    op.create_index("ix_call_task_open", "call_task", ["conversation_id"], unique=False, **where)


def _units() -> None:
    op.create_table(
        "unit_call",
        sa.Column("id", RowId, nullable=False),
        sa.Column("call", RowId, nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("agent_leg", sa.String(length=128), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), server_default="", nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("joined_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("to_do", Json(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["call"], ["call.id"], name=op.f("fk_unit_call_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_call")),
    )
    op.create_index(op.f("ix_unit_call_call"), "unit_call", ["call"], unique=False)
    where: dict[str, Any] = {"sqlite_where": UNDER_WAY, "postgresql_where": UNDER_WAY}
    op.create_index("ix_unit_call_under_way", "unit_call", ["call"], unique=True, **where)
    where = {"sqlite_where": TO_DO, "postgresql_where": TO_DO}
    op.create_index("ix_unit_call_to_do", "unit_call", ["due_at"], unique=False, **where)


def downgrade() -> None:
    raise NotImplementedError("calls have no place in the older tables; restore a backup")
