"""``keys``: what phones and mail addresses are encrypted with."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import awaited, config, opened


@click.group()
def keys() -> None:
    """联系方式密钥 (contact keys: new, rotate)."""


@keys.command()
def new() -> None:
    """Fresh keys, to be put into a file or the settings of a hub that has none yet."""
    from bot.store.sealed import Vault

    click.echo(Vault.new().written(), nl=False)


@keys.command()
@config
@awaited
async def rotate(config_path: Path | None) -> None:
    """One more key, and everything sealed again with it; a running hub notices by itself. Older keys stay in the file
    for backups made until now."""
    from bot.assembly.keys import keys_file, turn
    from bot.store.engine import Database
    from bot.store.protecting import reseal

    async with opened(config_path) as services:
        house = services.settings.house
        turned = turn(house)
        database = Database(house.store.url, connections=2, vault=turned)
        try:
            count = await reseal(database)
        finally:
            await database.close()
    click.echo(f"已换用 {turned.current},重新加密 {count} 个会话 (sealed again); 密钥文件 {keys_file(house)}")
