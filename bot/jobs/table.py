"""The table of jobs: what runs by the clock, how often, and whether once in the whole city or in every process."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from bot.experts.outcome import draft_answers
from bot.experts.sessions import ThreeWay
from bot.jobs import callbacks, clocks, drafts, experts, gaps, knowledge
from bot.knowledge.keeper import Keeper
from bot.knowledge.upkeep import Upkeep
from bot.office import Office
from bot.scheduler import Job

_SECOND, _MINUTE, _HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def of_tickets(office: Office) -> list[Job]:
    """Jobs over tickets; each slot of them runs once in the whole city."""
    return [
        Job("ticket.call_back", 5 * _SECOND, partial(callbacks.call_back, office)),
        Job("ticket.auto_sign", 30 * _SECOND, partial(clocks.auto_sign, office)),
        Job("ticket.late_helpers", _MINUTE, partial(clocks.find_late_helpers, office)),
        Job("ticket.escalate_requests", _MINUTE, partial(clocks.escalate_requests, office)),
        Job("ticket.escalate_consultations", _MINUTE, partial(clocks.escalate_consultations, office)),
        Job("ticket.recount", 6 * _HOUR, partial(clocks.recount, office)),
    ]


def of_knowledge(keeper: Keeper) -> list[Job]:
    """Jobs over the knowledge base."""
    return [
        Job("knowledge.gather_gaps", 10 * _SECOND, partial(gaps.gather_gaps, keeper)),
        Job("knowledge.take_reports", 10 * _SECOND, partial(knowledge.take_reports, keeper)),
        Job("knowledge.tell_askers", 10 * _SECOND, partial(gaps.tell_askers, keeper)),
        Job("knowledge.end_versions", 5 * _MINUTE, partial(knowledge.end_versions, keeper)),
        Job("knowledge.open_checks", _HOUR, partial(knowledge.open_checks, keeper)),
        Job("knowledge.remind_late", 5 * _MINUTE, partial(knowledge.remind_late, keeper)),
    ]


def of_talks(keeper: Keeper, sessions: ThreeWay, upkeep: Upkeep) -> list[Job]:
    """Jobs over conversations: drafts that lie idle, experts who did not come."""
    return [
        Job("draft.remind", 30 * _SECOND, partial(drafts.remind, keeper.conversing, keeper.rules)),
        Job("draft.expire", 30 * _SECOND, partial(drafts.expire, keeper.conversing, keeper.rules)),
        Job("three_way.end_waits", 5 * _SECOND, partial(experts.end_waits, sessions)),
        Job("three_way.draft_answers", 30 * _SECOND, partial(draft_answers, upkeep)),
    ]
