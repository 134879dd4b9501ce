"""Draws numbers (工单编号, 督办编号): a day's numbers are reserved in blocks, so that no two processes share one."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import Table, update

from bot.store.engine import Database
from bot.store.tables import number_block, supervision_block
from bot.work import insert_or_keep
from dialog.view import FreshNumber
from tickets.number import make, query_code, supervision_number

N = TypeVar("N")
BLOCK = 200
SUPERVISIONS = 10
"""Supervision numbers reserved together, at least: few are needed, and people read them."""


class Numbers(Generic[N]):
    """A small stock of fresh numbers. A block that a crash leaves half used is lost; numbers only need to be unique."""

    def __init__(self, database: Database, blocks: Table, make: Callable[[date, int], N], *, block: int) -> None:
        self._database = database
        self._blocks = blocks
        self._make = make
        self._block = block
        self._day: date | None = None
        self._stock: deque[N] = deque()

    async def stock(self, count: int, *, today: date) -> None:
        """Make sure at least ``count`` numbers of ``today`` are at hand, for each of two batches under way.

        Call it outside any transaction.
        """
        if self._day != today:
            self._stock.clear()
            self._day = today
        if (lacks := 2 * count - len(self._stock)) > 0:
            size = max(lacks, self._block)
            first = await self._reserve(today, size)
            self._stock.extend(self._make(today, first + offset) for offset in range(size))

    def __len__(self) -> int:
        """How many are at hand."""
        return len(self._stock)

    def look(self) -> N:
        """The next number; it stays in stock until :meth:`take`."""
        return self._stock[0]

    def take(self) -> N:
        """The next number, used."""
        return self._stock.popleft()

    async def _reserve(self, today: date, size: int) -> int:
        day, blocks = f"{today:%y%m%d}", self._blocks
        async with self._database.begin() as connection:
            await connection.execute(insert_or_keep(connection, blocks), {"day": day, "next": 1})
            statement = (
                update(blocks).where(blocks.c.day == day).values(next=blocks.c.next + size).returning(blocks.c.next)
            )
            reserved: int = (await connection.execute(statement)).scalar_one()
        return reserved - size


def ticket_numbers(database: Database) -> Numbers[FreshNumber]:
    """Numbers of tickets, each with its query code."""
    return Numbers(database, number_block, _fresh, block=BLOCK)


def supervision_numbers(database: Database) -> Numbers[str]:
    """Numbers of written supervisions, DB-260928-031."""
    return Numbers(database, supervision_block, supervision_number, block=SUPERVISIONS)


def _fresh(day: date, sequence: int) -> FreshNumber:
    return FreshNumber(make(day, sequence), query_code(secrets.token_bytes(16)))
