"""``run``, ``check`` and ``migrate``."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import awaited, config, opened, settings_from


@click.command()
@config
@awaited
async def run(config_path: Path | None) -> None:
    """启动 (start the hub and serve until stopped)."""
    from bot import logs, running

    settings = settings_from(config_path)
    listener = logs.start(settings.house.log.level, style=settings.house.log.style)

    def ready(address: str) -> None:
        click.echo(f"\n  民声已启动 (the hub is running)\n  市民网页聊天 chat:  {address}/chat")
        if settings.house.web.desk_key:
            where = "[web] desk_key" if config_path else "var/secrets/desk_key"
            click.echo(f"  工作台 desk:        {address}/desk   口令见 (the key is in) {where}")
        click.echo("  停止 stop:          Ctrl+C\n")

    try:
        await running.run(settings, ready=ready)
    finally:
        listener.stop()


@click.command()
@config
@awaited
async def migrate(config_path: Path | None) -> None:
    """升级数据库 (bring the database to the newest shape)."""
    from bot.store import migrating

    async with opened(config_path):
        pass
    click.echo(f"数据库已是最新版本 (the database is at revision {migrating.newest()})")


@click.command()
@config
@awaited
async def check(config_path: Path | None) -> None:
    """检查配置 (validate everything, and list what each channel is missing)."""
    from bot.assembly.checking import examine

    settings = settings_from(config_path)
    findings = await examine(settings)
    for finding in findings:
        click.echo(str(finding))
    if any(finding.fatal for finding in findings):
        raise click.exceptions.Exit(1)
