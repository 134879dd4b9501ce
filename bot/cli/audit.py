"""``audit``: whether anybody changed the log of a ticket behind the hub's back."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import awaited, config, opened


@click.group()
def audit() -> None:
    """审计 (audit: verify)."""


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
    # Of one ticket no count: sealed lines would show in it.
    events = "" if number else f", {found.events} 条记录 (events)"
    click.echo(f"{found.tickets} 件工单 (tickets){events}, {found.erased} 条已依法清除 (erased)")
    if found.older:
        click.echo(f"{found.older} 条早于链式记录 (events older than the chain)")
    if found.broken:
        raise click.ClickException(f"{len(found.broken)} 件工单的记录被改动 (logs were changed)")
