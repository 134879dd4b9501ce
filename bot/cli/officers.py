"""``officer``: who works here, in which roles, for which unit."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import awaited, config, opened

BY = "cli"
_roles = click.option(
    "--role", "roles", multiple=True, required=True, help="agent, dispatcher, unit, reviewer … again for more."
)
_unit = click.option("--unit", default="", help="Code of the unit he works for; only with --role unit.")
_password = click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, envvar="MINSHENG_OFFICER_PASSWORD",
    help="Asked for when not given; at least 10 characters.",
)  # fmt: skip


@click.group()
def officer() -> None:
    """工作人员账号 (officers' accounts: add, list, roles, password, disable)."""


@officer.command()
@click.argument("account")
@click.option("--name", required=True, help="As citizens and colleagues read it.")
@_roles
@_unit
@_password
@config
@awaited
async def add(
    account: str, *, name: str, roles: tuple[str, ...], unit: str, password: str, config_path: Path | None
) -> None:
    """A new account."""
    async with opened(config_path) as services:
        await services.roster.add(account, name, roles=roles, unit=unit, password=password, by=BY)
    click.echo(f"已开通 {account} (account opened)")


@officer.command("list")
@config
@awaited
async def list_(config_path: Path | None) -> None:
    """Every account: name, roles, unit, since when, and whether it is closed."""
    async with opened(config_path) as services:
        for row in await services.roster.listed():
            closed = f"停用 {row['disabled_at']:%Y-%m-%d}" if row["disabled_at"] else ""
            cells = (
                row["account"],
                row["name"],
                ",".join(row["roles"]),
                row["unit"] or "-",
                f"{row['created_at']:%Y-%m-%d}",
            )
            click.echo("\t".join((*cells, closed)).rstrip())


@officer.command()
@click.argument("account")
@_roles
@_unit
@config
@awaited
async def roles(account: str, *, roles: tuple[str, ...], unit: str, config_path: Path | None) -> None:
    """Other roles than until now."""
    async with opened(config_path) as services:
        await services.roster.set_roles(account, roles, unit=unit, by=BY)
    click.echo("已修改 (changed)")


@officer.command()
@click.argument("account")
@_password
@config
@awaited
async def password(account: str, *, password: str, config_path: Path | None) -> None:
    """A new password; all his sessions end."""
    async with opened(config_path) as services:
        await services.roster.set_password(account, password, by=BY)
    click.echo("已修改 (changed)")


@officer.command()
@click.argument("account")
@config
@awaited
async def disable(account: str, config_path: Path | None) -> None:
    """He works here no more; what he did stays under his name."""
    async with opened(config_path) as services:
        await services.roster.disable(account, by=BY)
    click.echo("已停用 (disabled)")
