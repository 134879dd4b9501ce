"""What the clocks of the knowledge base work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.knowledge.editors import Editors
from bot.orders.ticketing import Ticketing
from bot.talks.conversing import Conversing
from dialog.city import City
from dialog.knowledge.index import KnowledgeIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """What the jobs work with."""

    editors: Editors = field(repr=False)
    index: KnowledgeIndex = field(repr=False)
    rules: Ticketing = field(repr=False)
    city: City = field(repr=False)
    conversing: Conversing = field(repr=False)

    @property
    def now(self) -> datetime:
        """The moment."""
        return self.conversing.now()
