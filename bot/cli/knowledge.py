"""``import kb`` and ``kb``: the editors' files into the running hub, and the knowledge base from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import awaited, config, opened

_who = click.option("--as", "who", required=True, help="The officer's name; who wrote a version may not review it.")


@click.group("import")
def import_() -> None:
    """导入 (bring data in)."""


@import_.command("kb")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "who", default="导入", help="Who imports; may publish at once, the sheet's own state counts.")
@config
@awaited
async def kb_file(file: Path, who: str, config_path: Path | None) -> None:
    """导入知识库 (XLSX, CSV, Markdown or YAML); a running hub serves the entries within seconds."""
    from bot.knowledge.importing import read_kb

    entries = read_kb(file)
    async with opened(config_path) as services:
        held = await services.learning.editors.publish(entries, now=services.now(), by=who)
    click.echo(f"已导入 {len(entries)} 条知识 (entries imported)")
    if held:
        click.echo(f"答复不一致,已暂停使用,请核对 (contradict each other, held): {'、'.join(held)}")


@click.group()
def kb() -> None:
    """知识库 (list, show, gaps, assign, report, submit, approve …)."""


@kb.command("list")
@click.option("--state", default="published", help="published, held, draft, review, withdrawn or expired.")
@click.option("--owner", default="", help="Only this unit's.")
@click.option("--words", default="", help="Words of the title, or an id.")
@config
@awaited
async def list_(state: str, owner: str, words: str, config_path: Path | None) -> None:
    """Entries in one state, those of the city's files included."""
    from bot.store.entry_rows import read_version
    from bot.store.lists import knowledge_lists

    async with opened(config_path) as services:
        await services.learning.editors.refresh()
        if state == "published":
            served = (one for one in services.city.index if one.state == state)
            entries = [
                one for one in served if owner in ("", one.owner_unit) and (words in one.question or words == one.id)
            ]
        else:
            rows = await knowledge_lists.in_state(services.database, state, owner=owner, words=words)
            entries = [read_version(row).entry for row in rows]
        for one in sorted(entries, key=lambda one: one.id):
            ends = one.expires or "-"
            click.echo(f"{one.id}\t{one.state}\t{one.owner_unit or '-'}\t{one.checked}\t{ends}\t{one.question}")


@kb.command()
@click.argument("entry")
@config
@awaited
async def show(entry: str, config_path: Path | None) -> None:
    """One entry: what is said, its versions, and how its answers did."""
    from bot.knowledge.upkeep import NoSuchEntry
    from bot.store.entry_rows import read_version, write_entry
    from bot.store.lists import knowledge_lists

    async with opened(config_path) as services:
        await services.learning.editors.refresh()
        rows = await knowledge_lists.versions(services.database, entry)
        text = read_version(rows[0]).entry if rows else services.city.index.get(entry)
        if text is None:
            raise NoSuchEntry(f"there is no entry {entry}")
        for name, value in write_entry(text).items():
            click.echo(f"{name:12} {value}")
        for row in rows:
            signed = f" ← {row['reviewer']}" if row["reviewer"] else ""
            click.echo(f"  v{row['n']} {row['state']} {row['editor']}{signed} {row['note']}")
        did = await knowledge_lists.usage(services.database, entry)
        click.echo(f"  said {did['hits']}, judged {did['judged']}, solved {did['solved']}")


@kb.command()
@click.option("--owner", default="", help="Only what this unit has, or is proposed for.")
@click.option("--kind", default="", help="gap, report, conflict or check; all without it.")
@config
@awaited
async def gaps(owner: str, kind: str, config_path: Path | None) -> None:
    """Open work: gaps, reports, contradictions, checks; the soonest due first."""
    from bot.store.lists import knowledge_lists

    async with opened(config_path) as services:
        for row in await knowledge_lists.tasks(services.database, kind=kind, owner=owner):
            due = row["due_at"].astimezone().strftime("%m-%d %H:%M")
            unit = row["owner_unit"] or f"({row['suggested'] or '-'})"
            click.echo(
                f"{row['id']}\t{row['kind']}\t{unit}\t{due}\t{row['asked']}\t{row['entry'] or '-'}\t{row['question']}"
            )


@kb.command()
@click.argument("task", type=int)
@click.argument("unit")
@_who
@config
@awaited
async def assign(task: int, unit: str, who: str, config_path: Path | None) -> None:
    """指定责任单位: name who answers a gap."""
    async with opened(config_path) as services:
        await services.learning.upkeep.name_owner(task, unit, by=who)
    click.echo("已指定 (assigned)")


@kb.command()
@click.argument("entry")
@click.option("--reason", type=click.Choice(["wrong", "outdated"]), default="wrong")
@click.option("--words", default="", help="What is wrong.")
@_who
@config
@awaited
async def report(entry: str, reason: str, words: str, who: str, config_path: Path | None) -> None:
    """纠错: this entry is wrong or outdated."""
    async with opened(config_path) as services:
        await services.learning.upkeep.report(entry, reason, words, by=who)
    click.echo("已转责任单位核对 (its owner will look at it)")


def _deed(name: str, hand: str, doc: str) -> None:
    """Register one deed as a command: ``minsheng kb <name> ENTRY --as WHO``."""

    @awaited
    async def command(entry: str, who: str, note: str, config_path: Path | None) -> None:
        from dialog.knowledge.life import Deed, Hand, NotPossible

        async with opened(config_path) as services:
            upkeep = services.learning.upkeep
            try:
                held = await upkeep.order(entry, Deed(name), hand=Hand(hand), by=who, note=note)
            except NotPossible as refused:
                raise click.ClickException(f"不允许 (not possible): {refused}") from None
        click.echo("已办理 (done)" if not held else f"答复不一致,已暂停使用 (contradict, held): {'、'.join(held)}")

    wrapped = click.option("--note", default="", help="Why; needed to return, hold or withdraw.")(config(command))
    wrapped = click.argument("entry")(_who(wrapped))
    kb.add_command(click.command(name, help=doc)(wrapped))


_deed("submit", "editor", "提交审核.")
_deed("return", "reviewer", "退回修改.")
_deed("approve", "reviewer", "审核发布: running hubs serve it within seconds.")
_deed("confirm", "reviewer", "核验无误.")
_deed("hold", "reviewer", "暂停使用, 待核.")
_deed("withdraw", "editor", "停用.")
