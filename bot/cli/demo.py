"""``demo``: a day of the hotline for a newcomer to watch."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import awaited, config, opened


@click.command()
@click.option("--address", metavar="URL", help="Where the hub runs; without it, where its settings say.")
@config
@awaited
async def demo(address: str | None, config_path: Path | None) -> None:
    """演示 (play a day of citizens and units on a running hub, in less than a minute)."""
    from bot.demo.day import NoHub, day

    async with opened(config_path) as services:
        web = services.settings.house.web
        where = (address or f"http://{web.host}:{web.port}").rstrip("/")
        try:
            await day(services, where, tell=click.echo)
        except NoHub:
            raise click.ClickException(
                f"{where} 没有正在运行的民声 (no hub answers there).\n"
                "请先在另一个终端启动 (start one in another terminal, in the same folder):  minsheng run"
            ) from None
        except TimeoutError:
            raise click.ClickException("中枢太忙,演示没有演完 (the hub was too busy to finish in time)") from None
    click.echo(f"\n打开工作台看看 (now look at the desk):  {where}/desk")
