"""The month on one page, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchmarks.month.books import Books
from benchmarks.month.simulation import Month


def page(month: Month, books: Books, *, seconds: float) -> Iterator[str]:
    """Line by line."""
    figures, tally = books.figures, month.tally
    yield f"# {month.begin:%Y-%m-%d} - {month.end:%Y-%m-%d}, simulated in {seconds:,.0f} s"
    yield (
        f"{figures['tickets']:,} tickets ({figures['tickets'] / seconds:,.0f}/s), {figures['events']:,} events, "
        f"{figures['messages']:,} messages of {figures['conversations']:,} conversations, {tally.orders:,} orders, "
        f"{tally.jobs:,} runs of jobs, {len(tally.pushed):,} pushed"
    )
    direct, transferred = figures["direct"], figures["transferred"]
    yield f"受理 {direct + transferred:,} = 直办 {direct:,} ({direct / (direct + transferred):.1%}) + 转办 {transferred:,}"
    for name in ("types", "states", "due", "surveys", "ratings", "notices", "commands"):
        yield f"{name}: {_listed(figures[name])}"
    yield f"carried over {figures['carried over']:,}; silences {figures['silences']:,}; alarms {figures['alarms']:,}"
    yield f"refused orders: {_listed(tally.refused)}"
    yield f"promises looked at: {figures['promises looked at']:,}"
    if tally.failures:
        yield f"FAILED ORDERS: {_listed(tally.failures)}"
    for line in books.wrong:
        yield f"WRONG: {line}"
    yield "The books do not balance." if books.wrong else "The books balance; every log is lawful."


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items(), key=lambda one: -one[1]))
