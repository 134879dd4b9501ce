"""``matter``: what many citizens report as one, from the command line: list, show, join, part, split, dissolve."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import awaited, config, opened

if TYPE_CHECKING:
    from bot.orders.families import Families
    from tickets.state import Actor

who = click.option("--as", "who", required=True, help="The officer who decides.")


@click.group()
def matter() -> None:
    """同类诉求 (matters many citizens report: list, show, join, part, split, dissolve)."""


@matter.command("list")
@config
@awaited
async def list_(config_path: Path | None) -> None:
    """Matters, those with proposals first."""
    from bot.store.matters import listed

    async with opened(config_path) as services:
        for row in await listed(services.database):
            name = services.city.categories.get(row["category"], row["category"])
            counts = f"待确认 {row['proposed']}\t已并入 {row['joined']}"
            click.echo(f"{row['id']}\t{row['parent']}\t{row['parent_state']}\t{counts}\t{name}")


@matter.command()
@click.argument("id_", metavar="ID", type=int)
@config
@awaited
async def show(id_: int, config_path: Path | None) -> None:
    """One matter: its parent, its members and what speaks for each."""
    from bot.store import matters

    async with opened(config_path) as services, services.database.read() as connection:
        one = await matters.found(connection, id_)
        if one is None:
            raise LookupError(f"there is no matter {id_}")
        click.echo(f"{one['id']}\t{one['state']}\t主工单 {one['parent']} ({one['parent_state']})")
        for member in await matters.members(connection, id_):
            found = ", ".join(f"{name} {value}" for name, value in member["evidence"].items())
            click.echo(f"  {member['ticket']}\t{member['state']}\t{member['ticket_state']}\t{found}")


@matter.command()
@click.argument("parent")
@click.argument("tickets", nargs=-1, required=True)
@who
@config
@awaited
async def join(parent: str, tickets: tuple[str, ...], who: str, config_path: Path | None) -> None:
    """并入: TICKETS follow PARENT (ticket numbers)."""
    async with _deciding(config_path, who) as (families, by):
        for number in tickets:
            made = await families.join(parent, number, by=by)
            click.echo(f"{number} → {parent} ({made})")


@matter.command()
@click.argument("ticket")
@who
@config
@awaited
async def part(ticket: str, who: str, config_path: Path | None) -> None:
    """移出: TICKET stands alone, or its proposal is refused; the pair is not proposed again."""
    async with _deciding(config_path, who) as (families, by):
        await families.part(ticket, by=by)
        click.echo("已移出 (taken out)")


@matter.command()
@click.argument("id_", metavar="ID", type=int)
@click.argument("tickets", nargs=-1, required=True)
@who
@config
@awaited
async def split(id_: int, tickets: tuple[str, ...], who: str, config_path: Path | None) -> None:
    """拆分: the first of TICKETS leaves matter ID and the others follow it."""
    async with _deciding(config_path, who) as (families, by):
        click.echo(f"新的同类诉求 (new matter) {await families.split(id_, tickets, by=by)}")


@matter.command()
@click.argument("id_", metavar="ID", type=int)
@who
@config
@awaited
async def dissolve(id_: int, who: str, config_path: Path | None) -> None:
    """解散: everybody of matter ID stands alone again."""
    async with _deciding(config_path, who) as (families, by):
        await families.dissolve(id_, by=by)
        click.echo("已解散 (dissolved)")


@asynccontextmanager
async def _deciding(path: Path | None, who: str) -> AsyncIterator[tuple[Families, Actor]]:
    """The families of the house and the officer; a refusal ends the command cleanly."""
    from tickets.orders import NotAllowed
    from tickets.state import Actor, Role

    async with opened(path) as services:
        try:
            yield services.families, Actor(Role.DISPATCHER, who)
        except NotAllowed as refused:
            raise click.ClickException(f"不允许 (not allowed): {refused}") from None
