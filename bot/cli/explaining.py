"""``explain``: why each message about a ticket went the way it went; ``ticket claim-code``: a code to follow one in a chat."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import awaited, config, opened
from bot.cli.tickets import ticket

_REFUSED = {
    "no_texts": "没有可发短信的账号 (no account can send texts)",
    "no_mobile": "没有可用的手机号,请用 --phone 指定 (no mobile number is known: give --phone)",
    "often": "今天发送次数过多 (too many codes to this phone today)",
    "over": "工单已办结 (the ticket is over)",
}


@click.command()
@click.argument("asked", metavar="TICKET|MESSAGE")
@config
@awaited
async def explain(asked: str, config_path: Path | None) -> None:
    """说明每条消息为何这样发送 (why every message about a ticket, or one message, went the way it went)."""
    from bot.outbox.explaining import explain as explained

    async with opened(config_path) as services:
        for line in await explained(services.database, services.accounts, asked):
            click.echo(line)


@ticket.command("claim-code")
@click.argument("number")
@click.option("--phone", default="", help="The mobile the citizen named; default: the one that is known.")
@config
@awaited
async def claim_code(number: str, *, phone: str, config_path: Path | None) -> None:
    """认领码: text the citizen a new code to follow the ticket in WeChat or another chat."""
    from bot.citizens.claims import NotIssued

    async with opened(config_path) as services:
        try:
            await services.phone.claims.again(number, phone=phone)
        except NotIssued as refused:
            raise click.ClickException(_REFUSED[refused.reason]) from None
    click.echo("认领码将由运行中的服务发出 (the running hub sends it within seconds)")
