"""``audit``: whether anybody changed the log of a ticket behind the hub's back, and who looked at citizens' data."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import awaited, config, opened


@click.group()
def audit() -> None:
    """审计 (audit: verify, log)."""


@audit.command()
@click.option("--ticket", "number", default="", help="Only this ticket.")
@config
@awaited
async def verify(number: str, config_path: Path | None) -> None:
    """Recompute the chain of every ticket's log; the first changed place of each is shown. Ends with 1 if there is one."""
    from bot.store.audit import verify as examine

    async with opened(config_path) as services:
        found = await examine(services.database, number=number)
    for ticket, broken in found.broken:
        click.echo(f"✗ {ticket}: {broken.how} at event {broken.n}")
    click.echo(
        f"{found.tickets} 件工单 (tickets), {found.events} 条记录 (events), {found.erased} 条已依法清除 (erased)"
    )
    if found.older:
        click.echo(f"{found.older} 条早于链式记录 (events older than the chain)")
    if found.broken:
        raise click.ClickException(f"{len(found.broken)} 件工单的记录被改动 (logs were changed)")


@audit.command("log")
@click.option("--account", default="", help="Only this officer.")
@click.option("--ticket", "number", default="", help="Only this ticket.")
@config
@awaited
async def log_(account: str, *, number: str, config_path: Path | None) -> None:
    """Logins, reveals, reads, exports and erasures, the latest first; break-glass looks nobody reviewed at the end."""
    from bot.store.accesses import entries

    async with opened(config_path) as services:
        for row in await entries(services.database, account=account, ticket=number):
            cells = (f"{row['at'].astimezone():%Y-%m-%d %H:%M}", row["account"] or "-", row["unit"] or "-", row["deed"])
            click.echo("\t".join((*cells, row["ticket"] or "-", row["note"])))
        for row in await services.reveals.unreviewed():
            click.echo(
                f"! {row['id']}\t{row['account']}\t{row['ticket']}\t待复核 (to review by) {row['review_by'].astimezone():%m-%d %H:%M}"
            )
