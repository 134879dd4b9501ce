"""Changes of the dispatch catalogue at run time: proposed by a panel or an editor, signed by somebody else, served at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engine import Database
from bot.store.tables import catalogue_proposal, catalogue_version
from bot.store.wording import storable
from bot.work import Changes
from tickets.dispatch.catalogue import Catalogue, Known, Rule
from tickets.dispatch.sources import Ruling, Rulings
from tickets.orders import TicketEvent

_DATES = ("valid_from", "valid_to")
OVERLAP = 100
"""Versions read again at every look: of two signed at once the lower number may be there later."""
LISTED = 200


class NotSigned(ValueError):
    """A proposal was not decided; nothing changed. ``reason``: "decided", "same_person", "nameless", "no_such", or what
    is wrong with the row."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The catalogue's editors' desk."""

    database: Database = field(repr=False)
    catalogue: Catalogue = field(repr=False)
    rulings: Rulings = field(repr=False)
    known: Known = field(repr=False)

    async def propose(self, rule: Rule, *, reason: str, by: str, now: datetime) -> int:
        """An editor's own proposal; returns its id. Raises NotSigned for a row that cannot be."""
        self._sound(rule, by)
        row = {
            "rule": write_rule(rule),
            "reason": storable(reason),
            "barred": [by],
            "proposed_by": by,
            "proposed_at": now,
            "state": "pending",
        }
        async with self.database.begin() as connection:
            made = await connection.execute(insert(catalogue_proposal).returning(catalogue_proposal.c.id), row)
            return int(made.scalar_one())

    async def approve(self, proposal: int, rule: Rule | None = None, *, by: str, now: datetime, note: str = "") -> None:
        """Sign a proposal, as it is or as amended: a version of the catalogue from now on. Raises NotSigned."""
        async with self.database.begin() as connection:
            row = await self._pending(connection, proposal, by)
            ruled = read_rule(row["rule"])
            amended = rule or ruled
            self._sound(amended, by)
            version = {
                "rule": write_rule(amended) | {"ruling": ruled.ruling},
                "proposal": proposal,
                "approved_by": by,
                "approved_at": now,
            }
            await connection.execute(insert(catalogue_version), version)
            await self._decide(connection, proposal, "approved", by=by, now=now, note=note)

    async def reject(self, proposal: int, *, by: str, now: datetime, note: str) -> None:
        """Decline a proposal. Raises NotSigned."""
        async with self.database.begin() as connection:
            await self._pending(connection, proposal, by)
            await self._decide(connection, proposal, "rejected", by=by, now=now, note=note)

    async def refresh(self) -> None:
        """Take over what was signed since the last look, and which rulings still wait for a signature."""
        new = select(catalogue_version.c.number, catalogue_version.c.rule).order_by(catalogue_version.c.number)
        waiting = catalogue_proposal.c.state == "pending", catalogue_proposal.c.ticket.is_not(None)
        ruled = select(catalogue_proposal.c.rule, catalogue_proposal.c.ticket).where(*waiting)
        async with self.database.read() as connection:
            last = self.catalogue.number - OVERLAP
            versions = (await connection.execute(new.where(catalogue_version.c.number > last))).all()
            pending = (await connection.execute(ruled.order_by(catalogue_proposal.c.id).limit(LISTED))).all()
        for number, rule in versions:
            self.catalogue.put(number, read_rule(rule))
        self.rulings.pending = tuple(Ruling(rule=read_rule(rule), ticket=ticket) for rule, ticket in pending)

    async def proposals(self, *, state: str = "pending") -> list[Mapping[str, Any]]:
        """Proposals in ``state``, the oldest first where they wait, else the latest."""
        key = catalogue_proposal.c.id
        wanted = select(catalogue_proposal).where(catalogue_proposal.c.state == state)
        ordered = wanted.order_by(key if state == "pending" else key.desc()).limit(LISTED)
        async with self.database.read() as connection:
            rows = (await connection.execute(ordered)).mappings()
            return [dict(row) | {"rule": read_rule(row["rule"])} for row in rows]

    async def history(self) -> list[Mapping[str, Any]]:
        """The versions of the catalogue, the newest first: what holds since when, proposed and approved by whom."""
        joined = select(catalogue_version, catalogue_proposal.c.proposed_by, catalogue_proposal.c.proposed_at).join(
            catalogue_proposal, catalogue_proposal.c.id == catalogue_version.c.proposal
        )
        async with self.database.read() as connection:
            rows = (
                await connection.execute(joined.order_by(catalogue_version.c.number.desc()).limit(LISTED))
            ).mappings()
            return [dict(row) | {"rule": read_rule(row["rule"])} for row in rows]

    def _sound(self, rule: Rule, by: str) -> None:
        if not by.strip():
            raise NotSigned("nameless")
        if cure := self.known.amiss(rule):
            raise NotSigned(cure)

    async def _pending(self, connection: AsyncConnection, proposal: int, by: str) -> Mapping[str, Any]:
        """The proposal under lock, if this officer may decide it now."""
        mine = select(catalogue_proposal).where(catalogue_proposal.c.id == proposal).with_for_update()
        row = (await connection.execute(mine)).mappings().one_or_none()
        if row is None:
            raise NotSigned("no_such")
        if row["state"] != "pending":
            raise NotSigned("decided")
        if not by.strip():
            raise NotSigned("nameless")
        if by in {row["proposed_by"], *row["barred"]}:
            raise NotSigned("same_person")
        return dict(row)

    async def _decide(
        self, connection: AsyncConnection, proposal: int, state: str, *, by: str, now: datetime, note: str
    ) -> None:
        decided = {"state": state, "decided_by": by, "decided_at": now, "note": storable(note)}
        await connection.execute(update(catalogue_proposal).where(catalogue_proposal.c.id == proposal).values(decided))


def proposed(changes: Changes, number: str, event: TicketEvent, *, concern: str) -> None:
    """What a panel ruled on a ticket (``proposes`` in its event) becomes a proposal for the catalogue, once."""
    ruled: Any = event.data["proposes"]
    rule = Rule(
        category=ruled["category"],
        district=ruled["district"],
        concern=concern,
        lead=ruled["lead"],
        co=tuple(ruled["co"]),
        ruling=number,
    )
    changes.keep(
        catalogue_proposal,
        rule=write_rule(rule),
        reason=storable(str(event.data.get("minutes", ""))),
        ticket=number,
        consultation=event.data["consultation"],
        barred=event.data["panel"],
        proposed_by=event.actor.id,
        proposed_at=event.at,
        state="pending",
    )


def write_rule(rule: Rule) -> dict[str, Any]:
    """A row as a JSON object."""
    row = asdict(rule) | {"co": list(rule.co)}
    return row | {name: row[name].isoformat() if row[name] else None for name in _DATES}


def read_rule(stored: Mapping[str, Any]) -> Rule:
    """The inverse of :func:`write_rule`; what a newer hub added is left out."""
    known = {one.name for one in fields(Rule)}
    values = {name: value for name, value in stored.items() if name in known}
    values |= {name: date.fromisoformat(values[name]) if values.get(name) else None for name in _DATES}
    return Rule(**values | {"co": tuple(values["co"])})
