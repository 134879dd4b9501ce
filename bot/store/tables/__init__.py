"""All tables of the house, in one MetaData."""

from bot.store.tables.knowledge import consultation_answer, knowledge_entry, unanswered
from bot.store.tables.metadata import metadata
from bot.store.tables.officers import officer, officer_session
from bot.store.tables.operation import (
    account_state,
    attachment,
    job_run,
    late_receipt,
    number_block,
    officer_seen,
    refusal,
    secret_mark,
)
from bot.store.tables.papers import assignment, callback, consultation, referral, supervision, ticket_request
from bot.store.tables.privacy import access_entry, citizen_request, retention_mark, reveal
from bot.store.tables.talk import alarm, call_task, conversation, handover, message, outbox
from bot.store.tables.work_orders import supplement, survey, ticket, ticket_event

__all__ = [
    "access_entry",
    "account_state",
    "alarm",
    "assignment",
    "attachment",
    "call_task",
    "callback",
    "citizen_request",
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
    "officer",
    "officer_seen",
    "officer_session",
    "outbox",
    "referral",
    "refusal",
    "retention_mark",
    "reveal",
    "secret_mark",
    "supervision",
    "supplement",
    "survey",
    "ticket",
    "ticket_event",
    "ticket_request",
    "unanswered",
]
