"""The table of jobs: what runs by the clock, how often, and whether once in the whole city or in every process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
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
    """Jobs over the knowledge base. What runs equally often shares a slot: claiming one is a write to the disk."""
    often = (gaps.gather_gaps, knowledge.take_reports, gaps.tell_askers)
    seldom = (knowledge.end_versions, knowledge.open_checks, knowledge.remind_late)
    return [
        Job("knowledge.tend", 10 * _SECOND, partial(_in_turn, *(partial(run, keeper) for run in often))),
        Job("knowledge.look_after", 5 * _MINUTE, partial(_in_turn, *(partial(run, keeper) for run in seldom))),
    ]


def of_talks(keeper: Keeper, sessions: ThreeWay, upkeep: Upkeep) -> list[Job]:
    """Jobs over conversations: drafts that lie idle, experts who did not come."""
    lying = (partial(run, keeper.conversing, keeper.rules) for run in (drafts.remind, drafts.expire))
    return [
        Job("draft.look_after", 30 * _SECOND, partial(_in_turn, *lying, partial(draft_answers, upkeep))),
        Job("three_way.end_waits", 5 * _SECOND, partial(experts.end_waits, sessions)),
    ]


async def _in_turn(*runs: Callable[[], Awaitable[object]]) -> None:
    """One after the other; one that fails does not keep the others from their turn."""
    failed: list[Exception] = []
    for run in runs:
        try:
            await run()
        except Exception as error:
            failed.append(error)
    if failed:
        raise failed[0]
