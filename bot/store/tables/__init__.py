"""All tables of the house, in one MetaData."""

from bot.store.tables.knowledge import consultation_answer, knowledge_entry, unanswered
from bot.store.tables.metadata import metadata
from bot.store.tables.operation import (
    account_state,
    attachment,
    job_run,
    late_receipt,
    number_block,
    officer_seen,
    refusal,
)
from bot.store.tables.papers import assignment, callback, consultation, referral, supervision, ticket_request
from bot.store.tables.polls import poll
from bot.store.tables.talk import alarm, call_task, conversation, handover, message, outbox
from bot.store.tables.work_orders import supplement, survey, ticket, ticket_event

__all__ = [
    "account_state",
    "alarm",
    "assignment",
    "attachment",
    "call_task",
    "callback",
    "consultation",
    "consultation_answer",
    "conversation",
    "handover",
    "job_run",
    "knowledge_entry",
    "late_receipt",
    "message",
    "metadata",
    "number_block",
    "officer_seen",
    "outbox",
    "poll",
    "referral",
    "refusal",
    "supervision",
    "supplement",
    "survey",
    "ticket",
    "ticket_event",
    "ticket_request",
    "unanswered",
]
