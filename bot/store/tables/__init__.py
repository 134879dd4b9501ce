"""All tables of the house, in one MetaData."""

from bot.store.tables.callbacks import callback_call, callback_stratum, used_link
from bot.store.tables.dispatching import catalogue_proposal, catalogue_version
from bot.store.tables.families import family_look, family_news, kept_apart, matter, matter_member, place_key
from bot.store.tables.knowledge import (
    consultation_answer,
    knowledge_entry,
    knowledge_report,
    knowledge_task,
    knowledge_version,
    unanswered,
)
from bot.store.tables.linking import guess, link, proof
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
    sender,
)
from bot.store.tables.papers import assignment, callback, consultation, referral, supervision, ticket_request
from bot.store.tables.phone import call, call_ticket, seat, unit_call
from bot.store.tables.polls import poll
from bot.store.tables.privacy import access_entry, citizen_request, retention_mark, reveal
from bot.store.tables.pushes import push
from bot.store.tables.reach import permit, poster
from bot.store.tables.talk import alarm, call_task, conversation, handover, message, outbox
from bot.store.tables.three_way import expert_duty, three_way
from bot.store.tables.watching import alert, supervision_block
from bot.store.tables.work_orders import supplement, survey, ticket, ticket_event

__all__ = [
    "access_entry",
    "account_state",
    "alarm",
    "alert",
    "assignment",
    "attachment",
    "call",
    "call_task",
    "call_ticket",
    "callback",
    "callback_call",
    "callback_stratum",
    "catalogue_proposal",
    "catalogue_version",
    "citizen_request",
    "consultation",
    "consultation_answer",
    "conversation",
    "expert_duty",
    "family_look",
    "family_news",
    "guess",
    "handover",
    "job_run",
    "kept_apart",
    "knowledge_entry",
    "knowledge_report",
    "knowledge_task",
    "knowledge_version",
    "late_receipt",
    "link",
    "matter",
    "matter_member",
    "message",
    "metadata",
    "number_block",
    "officer",
    "officer_seen",
    "officer_session",
    "outbox",
    "permit",
    "place_key",
    "poll",
    "poster",
    "proof",
    "push",
    "referral",
    "refusal",
    "retention_mark",
    "reveal",
    "seat",
    "secret_mark",
    "sender",
    "supervision",
    "supervision_block",
    "supplement",
    "survey",
    "three_way",
    "ticket",
    "ticket_event",
    "ticket_request",
    "unanswered",
    "unit_call",
    "used_link",
]
