"""Draws ticket numbers (工单编号): a day's numbers are reserved in blocks, so that no two processes share one."""

from __future__ import annotations

import secrets
from collections import deque
from datetime import date

from sqlalchemy import update

from bot.store.engine import Database
from bot.store.tables import number_block
from bot.work import insert_or_keep
from dialog.turn import FreshNumber
from tickets.number import make, query_code

BLOCK = 200


class Numbers:
    """A small stock of fresh numbers. A block that a crash leaves half used is lost; numbers only need to be unique."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._day: date | None = None
        self._stock: deque[FreshNumber] = deque()

    async def stock(self, count: int, *, today: date) -> None:
        """Make sure at least ``count`` numbers of ``today`` are at hand, for each of two batches under way.

        Call it outside any transaction.
        """
        if self._day != today:
            self._stock.clear()
            self._day = today
        while len(self._stock) < 2 * count:
            first = await self._reserve(today)
            self._stock.extend(
                FreshNumber(make(today, first + offset), query_code(secrets.token_bytes(16))) for offset in range(BLOCK)
            )

    def look(self) -> FreshNumber:
        """The next number; it stays in stock until :meth:`take`."""
        return self._stock[0]

    def take(self) -> FreshNumber:
        """The next number, used."""
        return self._stock.popleft()

    async def _reserve(self, today: date) -> int:
        day = f"{today:%y%m%d}"
        async with self._database.begin() as connection:
            await connection.execute(insert_or_keep(connection, number_block), {"day": day, "next": 1})
            statement = (
                update(number_block)
                .where(number_block.c.day == day)
                .values(next=number_block.c.next + BLOCK)
                .returning(number_block.c.next)
            )
            reserved: int = (await connection.execute(statement)).scalar_one()
        return reserved - BLOCK
