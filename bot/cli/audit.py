"""``audit``: whether anybody changed a ticket or its log behind the hub's back, and who looked at citizens' data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import awaited, config, opened

if TYPE_CHECKING:
    from bot.services import Services


@click.group()
def audit() -> None:
    """审计 (audit: verify, log)."""


@audit.command()
@click.option("--ticket", "number", default="", help="Only this ticket.")
@click.option("--deep", is_flag=True, help="Live every log again: each order lawful, the ticket what they lead to.")
@config
@awaited
async def verify(number: str, config_path: Path | None, **how: bool) -> None:
    """Recompute the chain of every ticket's log; the first changed place of each is shown. Ends with 1 if there is one."""
    from bot.store.audit import verify as examine

    async with opened(config_path) as services:
        found = await examine(services.database, number=number)
        for ticket, broken in found.broken:
            click.echo(f"✗ {ticket}: {broken.how} at event {broken.n}")
        # Of one ticket no count: sealed lines would show in it.
        events = "" if number else f", {found.events} 条记录 (events)"
        click.echo(f"{found.tickets} 件工单 (tickets){events}, {found.erased} 条已依法清除 (erased)")
        if found.older:
            click.echo(f"{found.older} 条早于链式记录 (events older than the chain)")
        unlawful = await _live_again(services, number) if how["deep"] else 0
    if found.broken:
        raise click.ClickException(f"{len(found.broken)} 件工单的记录被改动 (logs were changed)")
    if unlawful:
        raise click.ClickException(f"{unlawful} 件工单与其记录不符 (tickets are not what their logs lead to)")


async def _live_again(services: Services, number: str) -> int:
    """How many tickets are not what their logs lead to."""
    from bot.store.audit import judge

    judged = await judge(services.database, services.office.ticketing.rules, number=number)
    for ticket, unlawful in judged.unlawful:
        click.echo(f"✗ {ticket}: {unlawful.how} at event {unlawful.n}")
    click.echo(f"{judged.tickets} 件逐条重演 (logs lived again), {judged.untold} 件记录不全,未重演 (not told enough)")
    return len(judged.unlawful)


@audit.command("log")
@click.option("--account", default="", help="Only this officer.")
@click.option("--ticket", "number", default="", help="Only this ticket.")
@config
@awaited
async def log_(account: str, *, number: str, config_path: Path | None) -> None:
    """Logins, reveals, reads, exports and erasures, the latest first; break-glass looks nobody reviewed at the end."""
    from bot.store.citizens.accesses import entries

    async with opened(config_path) as services:
        for row in await entries(services.database, account=account, ticket=number):
            cells = (f"{row['at'].astimezone():%Y-%m-%d %H:%M}", row["account"] or "-", row["unit"] or "-", row["deed"])
            click.echo("\t".join((*cells, row["ticket"] or "-", row["note"])))
        for row in await services.reveals.unreviewed():
            click.echo(
                f"! {row['id']}\t{row['account']}\t{row['ticket']}\t待复核 (to review by) {row['review_by'].astimezone():%m-%d %H:%M}"
            )
