"""``import kb``: the editors' file into the running hub."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import awaited, config, opened


@click.group("import")
def import_() -> None:
    """导入 (bring data in)."""


@import_.command("kb")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@config
@awaited
async def kb(file: Path, config_path: Path | None) -> None:
    """导入知识库 (XLSX, CSV, Markdown or YAML); a running hub serves the entries within seconds."""
    from bot.importing import read_kb

    entries = read_kb(file)
    async with opened(config_path) as services:
        await services.learning.editors.publish(entries, now=services.now())
    click.echo(f"已导入 {len(entries)} 条知识 (entries imported)")
