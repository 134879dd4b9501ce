"""``citizen``: a citizen's own data, as a copy or erased, and what citizens asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import awaited, config, opened

if TYPE_CHECKING:
    from bot.services import Services

_number = click.option("--ticket", "number", default="", help="Whose ticket this is.")
_phone = click.option(
    "--phone", default="", help="Whose proved phone this is, with its country: +86…, as the channel gives it."
)
_by = click.option("--by", "account", required=True, help="Account of the officer who does it.")


@click.group()
def citizen() -> None:
    """市民个人信息 (a citizen's own data: export, erase, requests, sign)."""


async def _find(services: Services, number: str, phone: str) -> int:
    if bool(number) == bool(phone):
        raise click.UsageError("name the citizen by --ticket or by --phone")
    return await services.own_data.find(number=number, phone=phone)


@citizen.command()
@_number
@_phone
@_by
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="File without ending: .json and .md are written.",
)
@config
@awaited
async def export(number: str, *, phone: str, account: str, output: Path, config_path: Path | None) -> None:
    """Everything kept of one citizen, as JSON and to be read."""
    from bot.web.own_copy import plain, readable

    async with opened(config_path) as services:
        by = await services.roster.get(account)
        kept = await services.own_data.export(await _find(services, number, phone), by=by)
    output.with_suffix(".json").write_text(json.dumps(plain(kept), ensure_ascii=False, indent=1), "utf-8")
    output.with_suffix(".md").write_text(readable(kept), "utf-8")
    click.echo(f"已导出 {output}.json, {output}.md (exported)")


@citizen.command()
@_number
@_phone
@_by
@click.option("--reason", required=True, help="Why; who asked.")
@config
@awaited
async def erase(number: str, *, phone: str, account: str, reason: str, config_path: Path | None) -> None:
    """Ask for an erasure and sign it; a second officer carries it out with ``citizen sign``."""
    async with opened(config_path) as services:
        by = await services.roster.get(account)
        one = await _find(services, number, phone)
        request = await services.own_data.ask("erase", one, by=by, reason=reason)
    click.echo(f"申请 {request} 已签署,待另一人签署 (request {request} waits for a second signature)")


@citizen.command()
@config
@awaited
async def requests(config_path: Path | None) -> None:
    """What waits for signatures."""
    async with opened(config_path) as services:
        for row in await services.own_data.open_requests():
            asked = row["asked_by"] or "市民本人"
            click.echo(
                f"{row['id']}\t{row['kind']}\t{row['citizen']}\t{row['asked_at']:%Y-%m-%d}\t{asked}\t{row['first_by'] or '-'}"
            )


@citizen.command()
@click.argument("request", type=int)
@_by
@config
@awaited
async def sign(request: int, *, account: str, config_path: Path | None) -> None:
    """Sign a request; the second of two people, a leader, erases."""
    from bot.citizens.own_data import Refused

    async with opened(config_path) as services:
        by = await services.roster.get(account)
        try:
            done = await services.own_data.sign(request, by)
        except Refused as refused:
            raise click.ClickException(f"不予办理 (refused): {refused}") from None
    click.echo("已执行 (done)" if done else "已签署,待另一人签署 (signed; a second signature is needed)")
