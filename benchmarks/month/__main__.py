"""``python -m benchmarks.month``: lives a simulated month of the demonstration city and closes its books.

``[--tickets 30000] [--seed N] [--database URL]``; without a URL on a fresh SQLite file. Ends with 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.month.books import Books, close
from benchmarks.month.report import page
from benchmarks.month.simulation import Month, prepared
from bot.store.migrating import migrate


async def live(month: Month, tickets: int) -> tuple[Books, float]:
    """One month; its books, and how many seconds it took."""
    await migrate(month.services.settings.house.store.url)
    gc.collect()
    gc.freeze()
    try:
        started = time.perf_counter()
        await month.live(
            tickets,
            tell=lambda at: print(
                f"{at:%m-%d} after {time.perf_counter() - started:,.0f} s", file=sys.stderr, flush=True
            ),
        )
        return await close(month), time.perf_counter() - started
    finally:
        await month.services.http.close()
        await month.services.database.close()


def main() -> None:
    """Live it and print its page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=12345)
    parser.add_argument("--database", default="", help="URL of an empty database; a fresh SQLite file without one")
    parser.add_argument("--pace", type=float, default=30.0, help="minutes of the month that happen at once")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="minsheng-month-") as name:
        url = given.database or f"sqlite+aiosqlite:///{name}/month.db"
        month = prepared(url, Path(name), seed=given.seed, pace=timedelta(minutes=given.pace))
        books, seconds = asyncio.run(live(month, given.tickets))
    print("\n".join(page(month, books, seconds=seconds)))
    sys.exit(1 if books.wrong else 0)


if __name__ == "__main__":
    main()
