"""``outbox`` and ``replay``: what did not go out, and what did not go through."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import awaited, config, opened


@click.group()
def outbox() -> None:
    """未送达 (messages that did not go out)."""


@outbox.command("list")
@config
@awaited
async def list_(config_path: Path | None) -> None:
    """List dead and held letters: id, state, channel, why; never the words. Accounts at rest come first."""
    from bot.outbox.letters import letters
    from bot.outbox.resting import rests

    async with opened(config_path) as services:
        for rest in await rests(services.database, now=services.now()):
            since = rest.since.isoformat(timespec="minutes")
            click.echo(
                f"暂停发送 (at rest)\t{rest.channel}/{rest.account}\t{since}\t{rest.reason}\t排队 {rest.queued} 条"
            )
        for one in await letters(services.database):
            click.echo(
                f"{one.id}\t{one.state}\t{one.channel}/{one.account}\t{one.error_class}\t{one.error_code}\t{one.why}"
            )


@outbox.command()
@click.argument("ids", nargs=-1, type=int, required=True)
@config
@awaited
async def resend(ids: tuple[int, ...], config_path: Path | None) -> None:
    """Queue letters again."""
    from bot.outbox.letters import resend

    async with opened(config_path) as services:
        count = await resend(services.database, ids, now=services.now())
    click.echo(f"已重新排队 {count} 条 (queued again)")


@click.command()
@click.argument("ids", nargs=-1, type=int)
@config
@awaited
async def replay(ids: tuple[int, ...], config_path: Path | None) -> None:
    """重放卡住的消息 (think again about messages that got stuck; all of them without IDS)."""
    from bot.replaying import replay as again

    async with opened(config_path) as services:
        done, left = await again(services, ids)
    click.echo(f"已处理 {done} 条,仍卡住 {left} 条 (replayed {done}, still stuck {left})")
    if left:
        raise click.exceptions.Exit(1)
