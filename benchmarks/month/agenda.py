"""What is going to happen, in the order of time; the clock jumps from one happening to the next."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


@dataclass(slots=True)
class Agenda(Generic[Thing]):
    """Things to come. Those within one ``pace`` of each other happen together, as they do in a busy office."""

    pace: timedelta
    _heap: list[tuple[datetime, int, Thing]] = field(default_factory=list)
    _order: itertools.count[int] = field(default_factory=itertools.count)

    def add(self, at: datetime, thing: Thing) -> None:
        """It will happen at ``at``; of two at the same moment the one added first."""
        heapq.heappush(self._heap, (at, next(self._order), thing))

    def next(self, *, until: datetime) -> tuple[datetime, list[Thing]] | None:
        """When the clock stops next, and all that happens then; None when nothing does before ``until``."""
        if not self._heap or self._heap[0][0] >= until:
            return None
        at = min(self._heap[0][0] + self.pace, until)
        due = []
        while self._heap and self._heap[0][0] <= at:
            due.append(heapq.heappop(self._heap)[2])
        return at, due
