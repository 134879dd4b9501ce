"""The table of jobs: what runs by the clock, how often, and whether once in the whole city or in every process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from bot.citizens.retention import Retention
from bot.dispatch.advice import Advice
from bot.dispatch.rulebook import Rulebook
from bot.experts.outcome import draft_answers
from bot.experts.sessions import ThreeWay
from bot.jobs import callbacks, clocks, dispatching, drafts, draws, experts, families, family_news, gaps, knowledge
from bot.knowledge.keeper import Keeper
from bot.knowledge.upkeep import Upkeep
from bot.orders.families import Families
from bot.orders.office import Office
from bot.scheduler import Job, Where

_SECOND, _MINUTE, _HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def of_tickets(office: Office) -> list[Job]:
    """Jobs over tickets; each slot of them runs once in the whole city."""
    return [
        Job("ticket.call_back", 5 * _SECOND, partial(callbacks.call_back, office)),
        Job("ticket.draw_calls", 5 * _SECOND, partial(draws.draw_calls, office)),
        Job("ticket.spare_calls", _MINUTE, partial(draws.spare_calls, office)),
        Job("ticket.keep_time", 10 * _SECOND, partial(clocks.keep_time, office)),
        Job("ticket.recount", 6 * _HOUR, partial(clocks.recount, office)),
    ]


def of_dispatch(office: Office, advice: Advice, rulebook: Rulebook) -> list[Job]:
    """Dispatch: what each process must know, and, where the policy lets it, what the system sends itself."""
    jobs = [
        Job("catalogue.refresh", 2 * _SECOND, rulebook.refresh, Where.EVERYWHERE),
        Job("dispatch.learn", 10 * _SECOND, partial(_learn, office, advice), Where.EVERYWHERE),
    ]
    if advice.rules.automatic:
        jobs.append(Job("ticket.dispatch_sure", 30 * _SECOND, partial(dispatching.dispatch_sure, office, advice)))
    return jobs


async def _learn(office: Office, advice: Advice) -> int:
    return await advice.learner.refresh(now=office.now())


def of_families(several: Families) -> list[Job]:
    """Jobs over matters many citizens report."""
    return [
        Job("family.propose", 3 * _SECOND, partial(families.propose, several)),
        Job("family.tell", 2 * _SECOND, partial(family_news.tell, several)),
        Job("family.lapse", _MINUTE, partial(families.lapse, several)),
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


def of_retention(retention: Retention) -> list[Job]:
    """Jobs that forget; each slot of them runs once in the whole city."""
    return [
        Job("retention.chat", _HOUR, retention.forget_chat),
        Job("retention.tickets", _HOUR, retention.anonymise),
        Job("retention.audit", 24 * _HOUR, retention.forget_audit),
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
