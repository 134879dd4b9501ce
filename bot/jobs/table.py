"""The table of jobs: what runs by the clock, how often, and whether once in the whole city or in every process."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from bot.advice import Advice
from bot.experts.outcome import draft_answers
from bot.experts.sessions import ThreeWay
from bot.families import Families
from bot.jobs import callbacks, clocks, dispatching, drafts, draws, experts, families, family_news, gaps, knowledge
from bot.knowledge.keeper import Keeper
from bot.knowledge.upkeep import Upkeep
from bot.office import Office
from bot.retention import Retention
from bot.rulebook import Rulebook
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


def of_retention(retention: Retention) -> list[Job]:
    """Jobs that forget; each slot of them runs once in the whole city."""
    return [
        Job("retention.chat", _HOUR, retention.forget_chat),
        Job("retention.tickets", _HOUR, retention.anonymise),
        Job("retention.audit", 24 * _HOUR, retention.forget_audit),
    ]
