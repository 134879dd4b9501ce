"""Families by the clock: the like of each new ticket is looked for, followers are told and asked, their silence ends."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy import delete, select

from bot.desk import SYSTEM
from bot.jobs.due import each, tickets_where
from bot.orders.families import Families, Sitting
from bot.store import matters
from bot.store.citizens.own_tickets import appealed, spot
from bot.store.tables import family_look, matter_member, ticket
from bot.work import Changes, Row
from tickets.assessment.repeats import Finding, kin, same_matter
from tickets.assessment.rule import Repeats
from tickets.assessment.spots import place_keys, squares_around
from tickets.orders import Command, NotAllowed
from tickets.state import OPEN

AT_ONCE = 100
"""New tickets looked at in one run; the rest waits for the next."""


async def propose(families: Families) -> int:
    """Look for each new ticket among open ones of other citizens at the same place; what is found is proposed to an
    officer, or joined where the policy allows it. Returns how many tickets were looked at."""
    waiting = select(family_look.c.ticket).order_by(family_look.c.at, family_look.c.ticket).limit(AT_ONCE)
    async with families.office.database.read() as connection:
        numbers = list(await connection.scalars(waiting))
    for number in numbers:
        parent = await _look(families, number)
        if parent:
            with suppress(NotAllowed, LookupError):  # it moved on meanwhile: the proposal stays for a person
                await families.join(parent, number, by=SYSTEM)
    return len(numbers)


async def _look(families: Families, number: str) -> str:
    """Write down a proposal; the ticket it may join at once, "" where a person decides."""
    changes, parent = Changes(), ""
    async with families.office.database.begin() as connection:
        sitting = await families.sit(connection, changes, (number,))
        row = sitting.overlay[number]
        if row["state"] in OPEN and await matters.member(connection, number) is None:
            parent = await _propose(families, sitting, row)
        await connection.execute(delete(family_look).where(family_look.c.ticket == number))
        await families.rise(sitting)
    changes.committed()
    return parent


async def _propose(families: Families, sitting: Sitting, row: Row) -> str:
    rule = families.office.ticketing.policies.get(row["policy"]).repeats
    best = await _most_alike(sitting, row, rule)
    if best is None:
        return ""
    other, found = best
    parent = await _root(sitting, other)
    if parent == row["number"] or parent in await matters.said_apart(sitting.connection, row["number"]):
        return ""
    known = await matters.of_parent(sitting.connection, parent)
    made = known["id"] if known else await matters.make(sitting.connection, _matter(other, parent, sitting))
    evidence = found.likeness.evidence() | {"against": other["number"]}
    sitting.changes.keep(
        matter_member,
        matter=made,
        ticket=row["number"],
        state="proposed",
        score=found.likeness.score,
        evidence=evidence,
        proposed_at=sitting.now,
    )
    allowed = row["category"] in rule.auto_join.categories and found.likeness.score >= rule.auto_join.score
    return parent if allowed else ""


async def _most_alike(sitting: Sitting, row: Row, rule: Repeats) -> tuple[Any, Finding] | None:
    """The older ticket of another citizen that is most surely the same matter."""
    new, where = appealed(row), spot(row)
    keys = place_keys(where.words) | (squares_around(where.point, within=rule.near) if where.point else set())
    others = await matters.at_the_place(
        sitting.connection,
        row,
        keys=keys,
        categories=kin(row["category"], rule.related),
        since=sitting.now - rule.window.roughly,
    )
    apart = await matters.said_apart(sitting.connection, row["number"])
    older = [
        one
        for one in others
        if (one["received_at"], one["number"]) < (row["received_at"], row["number"]) and one["number"] not in apart
    ]
    judged = [(one, found) for one in older if (found := same_matter(new, appealed(one), rule))]
    return max(judged, key=lambda one: (one[1].likeness.score, -one[0]["received_at"].timestamp()), default=None)


async def _root(sitting: Sitting, other: Any) -> str:
    """The head of the matter the other is in already, or itself."""
    if other["linked_to"]:
        return str(other["linked_to"])
    place = await matters.member(sitting.connection, other["number"])
    if place is not None and place["state"] == "proposed":
        head = await matters.found(sitting.connection, place["matter"])
        if head is not None and head["state"] != "dissolved" and head["parent_state"] in OPEN:
            return str(head["parent"])
    return str(other["number"])


def _matter(other: Any, parent: str, sitting: Sitting) -> Row:
    return {
        "parent": parent,
        "title": other["title"],
        "category": other["category"],
        "place": other["place"][:80],
        "state": "proposed",
        "made_at": sitting.now,
        "made_by": SYSTEM.role.value,
    }


async def lapse(families: Families) -> int:
    """A follower who was asked and said nothing was not reached; never satisfied. Returns how many were due."""
    due = tickets_where(ticket.c.state == "merged", ticket.c.callback_at <= families.office.now())
    return await each(families.office, due.order_by(ticket.c.callback_at), lambda one: one.order(Command.LAPSE))
