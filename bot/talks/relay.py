"""Relay (联系市民): a unit writes to the citizen through the hotline, without seeing his number."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.orders.office import Office
from bot.outbox.planner import Sender
from bot.outbox.priority import Priority
from bot.outbox.telling import Telling
from channels.message import Say
from tickets.orders import Command, Order
from tickets.privacy.access import Officer
from tickets.state import Actor, Role


@dataclass(frozen=True, slots=True)
class Relay:
    """Carries a unit's words to the citizen, who answers by 补充. It counts as contact (先行联系), and the message itself
    is the evidence."""

    office: Office = field(repr=False)

    async def say(self, number: str, officer: Officer, text: str, *, lead: str, key: str) -> None:
        """Say it, once for each ``key``. Raises NoSuchTicket; NotAllowed where the unit may not contact him now;
        ValueError without words."""
        if not text.strip():
            raise ValueError("a message needs words")
        unit = officer.acts_for(lead)
        evidence = f"u:{number}:{key}"
        actor = Actor(Role.UNIT, unit, unit=officer.unit, officer=officer.account)
        order = Order(Command.CONTACT, actor, {"method": "message", "evidence": evidence})
        known = self.office.ticketing.directory.get(unit)
        name = (known.short or known.name) if known else ""
        body = Say(f"{unit} {name}：{text.strip()}")
        telling = Telling(key=evidence, body=body, sender=Sender.AGENT, priority=Priority.PERSON, ticket=number)
        await self.office.order(number, order, also=telling)
