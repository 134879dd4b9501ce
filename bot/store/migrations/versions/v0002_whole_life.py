"""The whole life of a ticket: its papers, its chained log, and what the life cycle counts on it."""

import json

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

HELPERS = "role <> 'lead' AND ended_at IS NULL AND submitted_at IS NULL"
WHERE_THE_LEAD_STANDS = """
    UPDATE assignment SET
        id = ticket || '/1',
        n = 1,
        ended_at = NULL,
        due_at = (SELECT t.due_at FROM ticket t WHERE t.number = assignment.ticket),
        state = (
            SELECT CASE
                WHEN t.state = 'to_review' THEN 'submitted'
                WHEN t.state IN ('to_callback', 'closed') THEN 'accepted'
                WHEN t.signed_at IS NOT NULL THEN 'handling'
                ELSE 'pending_sign'
            END FROM ticket t WHERE t.number = assignment.ticket
        )
"""
"""Until now a ticket was dispatched at most once: its one assignment is the lead's."""


def upgrade() -> None:
    op.create_table(
        "callback",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("solved", sa.String(length=10), nullable=True),
        sa.Column("satisfaction", sa.String(length=16), nullable=True),
        sa.Column("reasons", Json(), nullable=False),
        sa.Column("after_contact", sa.Boolean(), nullable=False),
        sa.Column("findings", Json(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_callback_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback")),
        sa.UniqueConstraint("ticket", "n", name=op.f("uq_callback_ticket_n")),
    )
    op.create_table(
        "consultation",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("settle_by", Moment(), nullable=False),
        sa.Column("candidates", Json(), nullable=False),
        sa.Column("panel", sa.String(length=20), nullable=False),
        sa.Column("lead", sa.String(length=16), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("settled_by", sa.String(length=64), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_consultation_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
        sa.UniqueConstraint("ticket", "n", name=op.f("uq_consultation_ticket_n")),
    )
    op.create_index(
        "ix_consultation_open",
        "consultation",
        ["settle_by"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "referral",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("readers", Json(), nullable=False),
        sa.Column("feedback", sa.Text(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_referral_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("ticket", "n", name=op.f("uq_referral_ticket_n")),
    )
    op.create_table(
        "supervision",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=2), nullable=False),
        sa.Column("ground", sa.String(length=24), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("joint", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("answer_by", Moment(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_supervision_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision")),
        sa.UniqueConstraint("ticket", "n", name=op.f("uq_supervision_ticket_n")),
    )
    op.create_index("ix_supervision_number", "supervision", ["number"], unique=False)
    op.create_index(
        "ix_supervision_open",
        "supervision",
        ["answer_by"],
        unique=False,
        sqlite_where=sa.text("state NOT IN ('noted', 'closed')"),
        postgresql_where=sa.text("state NOT IN ('noted', 'closed')"),
    )
    op.create_table(
        "ticket_request",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("decide_by", Moment(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("signed", Json(), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("data", Json(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_ticket_request_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_request")),
        sa.UniqueConstraint("ticket", "n", name=op.f("uq_ticket_request_ticket_n")),
    )
    op.create_index(
        "ix_ticket_request_pending",
        "ticket_request",
        ["decide_by"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.add_column("ticket", sa.Column("respondent_unit", sa.String(length=16), server_default="", nullable=False))
    op.add_column("ticket", sa.Column("counted_from", Moment(), nullable=True))
    op.add_column("ticket", sa.Column("due_uncertain", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("ticket", sa.Column("interim_by", Moment(), nullable=True))
    op.add_column("ticket", sa.Column("last_contact_at", Moment(), nullable=True))
    op.add_column("ticket", sa.Column("cause", sa.String(length=16), nullable=True))
    op.add_column("ticket", sa.Column("dissatisfied_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("ticket", sa.Column("false_closing_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("ticket", sa.Column("explanation_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("ticket", sa.Column("repeat_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("ticket", sa.Column("merged_into", sa.String(length=32), server_default="", nullable=False))
    op.add_column("ticket", sa.Column("objection_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("ticket", sa.Column("assessed", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("ticket", sa.Column("papers", Json(), server_default="[]", nullable=False))
    op.add_column("ticket", sa.Column("chain", sa.String(length=64), server_default="", nullable=False))
    op.add_column("ticket_event", sa.Column("erased", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("ticket_event", sa.Column("sealed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("ticket_event", sa.Column("digest", sa.String(length=64), server_default="", nullable=False))
    op.add_column("ticket_event", sa.Column("hash", sa.String(length=64), server_default="", nullable=False))

    _assignments()


def _assignments() -> None:
    """The lead's part gets its state; the co-organisers, until now only named on the ticket, get parts of their own."""
    op.drop_index("uq_assignment_lead", table_name="assignment")
    op.drop_index("ix_assignment_ticket", table_name="assignment")
    op.add_column("assignment", sa.Column("n", sa.Integer(), server_default="1", nullable=False))
    op.add_column("assignment", sa.Column("state", sa.String(length=16), server_default="", nullable=False))
    op.add_column("assignment", sa.Column("parent", sa.String(length=16), server_default="", nullable=False))
    op.add_column("assignment", sa.Column("forced", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("assignment", sa.Column("due_at", Moment(), nullable=True))
    op.add_column("assignment", sa.Column("report", sa.Text(), server_default="", nullable=False))
    op.add_column("assignment", sa.Column("overdue", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(WHERE_THE_LEAD_STANDS)
    _co_organisers()
    held = "UPDATE ticket SET papers = '[\"assignments\"]' WHERE assignment <> ''"
    op.execute(held)
    op.drop_column("ticket", "assignment")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_unique_constraint(batch_op.f("uq_assignment_ticket_n"), ["ticket", "n"])
        batch_op.create_index("ix_assignment_unit", ["unit", "state"], unique=False)
        batch_op.create_index(
            "ix_assignment_helper_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text(HELPERS),
            postgresql_where=sa.text(HELPERS),
        )


def _co_organisers() -> None:
    connection = op.get_bind()
    helped = connection.execute(
        sa.text(
            "SELECT a.ticket, a.state, a.dispatched_at, a.due_at, CAST(t.co_units AS TEXT) FROM assignment a"
            " JOIN ticket t ON t.number = a.ticket WHERE CAST(t.co_units AS TEXT) NOT IN ('[]', 'null')"
        )
    )
    rows = [
        {"id": f"{number}/{n}", "ticket": number, "n": n, "unit": unit, "state": state, "at": at, "due": due}
        for number, state, at, due, units in helped.all()
        for n, unit in enumerate(json.loads(units), 2)
    ]
    if rows:
        connection.execute(
            sa.text(
                "INSERT INTO assignment (id, ticket, n, unit, role, state, dispatched_at, due_at)"
                " VALUES (:id, :ticket, :n, :unit, 'co', :state, :at, :due)"
            ),
            rows,
        )


def downgrade() -> None:
    raise NotImplementedError("the papers of a ticket have no place in the older tables; restore a backup instead")
