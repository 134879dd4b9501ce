"""Knowledge has versions and tasks, experts join conversations, half-filled reports are looked after."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, Moment, RowId

revision = "0007_knowledge"
down_revision = "0006_families"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "expert_duty",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_expert_duty")),
    )
    with op.batch_alter_table("expert_duty", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expert_duty_unit"), ["unit"], unique=False)

    op.create_table(
        "knowledge_task",
        sa.Column("id", RowId, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("entry", sa.String(length=32), server_default="", nullable=False),
        sa.Column("other", sa.String(length=32), server_default="", nullable=False),
        sa.Column("question", sa.Text(), server_default="", nullable=False),
        sa.Column("owner_unit", sa.String(length=16), server_default="", nullable=False),
        sa.Column("suggested", sa.String(length=16), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("named_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("asked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("reminders", sa.Integer(), server_default="0", nullable=False),
        sa.Column("remind_at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("done_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("outcome", sa.String(length=16), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_task")),
    )
    with op.batch_alter_table("knowledge_task", schema=None) as batch_op:
        batch_op.create_index(
            "ix_knowledge_task_late",
            ["remind_at"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )
        batch_op.create_index(
            "ix_knowledge_task_open",
            ["key"],
            unique=True,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )

    op.create_table(
        "knowledge_report",
        sa.Column("id", RowId, nullable=False),
        sa.Column("entry", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=8), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("conversation_id", RowId, nullable=True),
        sa.Column("citizen", RowId, nullable=True),
        sa.Column("by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("task_id", RowId, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_knowledge_report_conversation_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["knowledge_task.id"], name=op.f("fk_knowledge_report_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_report")),
    )
    with op.batch_alter_table("knowledge_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_knowledge_report_entry"), ["entry"], unique=False)
        batch_op.create_index(
            "ix_knowledge_report_new",
            ["id"],
            unique=False,
            sqlite_where=sa.text("task_id IS NULL"),
            postgresql_where=sa.text("task_id IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_knowledge_report_task_id"), ["task_id"], unique=False)

    op.create_table(
        "knowledge_version",
        sa.Column("id", RowId, nullable=False),
        sa.Column("entry", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("text", Json(), nullable=False),
        sa.Column("question", sa.String(length=128), nullable=False),
        sa.Column("owner_unit", sa.String(length=16), nullable=False),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.Column("next_check", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("editor", sa.String(length=64), nullable=False),
        sa.Column("edited_at", Moment(), nullable=False),
        sa.Column("reviewer", sa.String(length=64), server_default="", nullable=False),
        sa.Column("reviewed_at", Moment(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("task_id", RowId, nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["knowledge_task.id"], name=op.f("fk_knowledge_version_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_version")),
        sa.UniqueConstraint("entry", "n", name=op.f("uq_knowledge_version_entry_n")),
    )
    with op.batch_alter_table("knowledge_version", schema=None) as batch_op:
        batch_op.create_index(
            "ix_knowledge_version_check",
            ["next_check"],
            unique=False,
            sqlite_where=sa.text("state IN ('published', 'held')"),
            postgresql_where=sa.text("state IN ('published', 'held')"),
        )
        batch_op.create_index(
            "ix_knowledge_version_ends",
            ["expires"],
            unique=False,
            sqlite_where=sa.text("state IN ('published', 'held')"),
            postgresql_where=sa.text("state IN ('published', 'held')"),
        )
        batch_op.create_index(
            "ix_knowledge_version_live",
            ["entry"],
            unique=True,
            sqlite_where=sa.text("state IN ('published', 'held')"),
            postgresql_where=sa.text("state IN ('published', 'held')"),
        )
        batch_op.create_index(
            "ix_knowledge_version_open",
            ["entry"],
            unique=True,
            sqlite_where=sa.text("state IN ('draft', 'review')"),
            postgresql_where=sa.text("state IN ('draft', 'review')"),
        )
        batch_op.create_index("ix_knowledge_version_state", ["state", "owner_unit"], unique=False)

    op.create_table(
        "three_way",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", RowId, nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("invited_at", Moment(), nullable=False),
        sa.Column("wait_until", Moment(), nullable=False),
        sa.Column("expert", sa.String(length=64), server_default="", nullable=False),
        sa.Column("joined_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(length=16), server_default="", nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("transcript", sa.Text(), server_default="", nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=True),
        sa.Column("draft", sa.String(length=32), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_three_way_conversation_id")),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_three_way_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_three_way")),
    )
    with op.batch_alter_table("three_way", schema=None) as batch_op:
        batch_op.create_index(
            "ix_three_way_no_draft",
            ["id"],
            unique=False,
            sqlite_where=sa.text("outcome = 'answered' AND draft = ''"),
            postgresql_where=sa.text("outcome = 'answered' AND draft = ''"),
        )
        batch_op.create_index(
            "ix_three_way_open",
            ["conversation_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "ix_three_way_waits",
            ["wait_until"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    with op.batch_alter_table("call_task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("due_at", Moment(), nullable=True))

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("draft_since", Moment(), nullable=True))
        batch_op.add_column(sa.Column("draft_reminded_at", Moment(), nullable=True))
        batch_op.create_index(
            "ix_conversation_draft",
            ["draft_since"],
            unique=False,
            sqlite_where=sa.text("draft_since IS NOT NULL"),
            postgresql_where=sa.text("draft_since IS NOT NULL"),
        )

    with op.batch_alter_table("unanswered", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("entry", sa.String(length=32), server_default="", nullable=False))
        batch_op.add_column(sa.Column("task_id", RowId, nullable=True))
        batch_op.add_column(sa.Column("wants", sa.Boolean(), server_default=sa.text("false"), nullable=False))
        batch_op.add_column(sa.Column("told_at", Moment(), nullable=True))
        batch_op.create_index(
            "ix_unanswered_new",
            ["id"],
            unique=False,
            sqlite_where=sa.text("task_id IS NULL"),
            postgresql_where=sa.text("task_id IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_unanswered_task_id"), ["task_id"], unique=False)
        batch_op.create_index(
            "ix_unanswered_untold",
            ["task_id"],
            unique=False,
            sqlite_where=sa.text("wants AND told_at IS NULL"),
            postgresql_where=sa.text("wants AND told_at IS NULL"),
        )
        batch_op.create_unique_constraint(batch_op.f("uq_unanswered_key"), ["key"])
        batch_op.create_foreign_key(batch_op.f("fk_unanswered_task_id"), "knowledge_task", ["task_id"], ["id"])


def downgrade() -> None:
    raise NotImplementedError(
        "what editors and experts wrote has no place in the older tables; restore a backup instead"
    )
