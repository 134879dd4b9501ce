"""``alerts`` and ``supervision``: what units are told, and the written supervisions, from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import awaited, config, opened
from bot.cli.tickets import give

_unit = click.option("--unit", default="", help="Only this unit's, by its code.")
_as = click.option("--as", "who", default="cli", help="Officer's name, or the unit's code.")


@click.group()
def alerts() -> None:
    """单位提醒 (alerts to units and to the office: list, seen)."""


@alerts.command("list")
@_unit
@click.option("--post", default="", help="Only for this post: liaison, deputy_head, head, office, inspection.")
@config
@awaited
async def list_(unit: str, post: str, config_path: Path | None) -> None:
    """Alerts nobody has seen, the latest first."""
    from bot.store.lists.alert_lists import listed
    from bot.words.alerts import POSTS, WORDS

    async with opened(config_path) as services:
        for row in await listed(services.database, unit=unit, post=post):
            told = WORDS.get(row["key"], row["key"]) + (f"（{row['supervision']}）" if row["supervision"] else "")
            whom = f"{services.city.talk.units.get(row['unit'], row['unit'])}{POSTS[row['post']]}"
            click.echo(f"{row['id']}\t{row['at'].astimezone():%m-%d %H:%M}\t{whom}\t{row['ticket']}\t{told}")


@alerts.command()
@click.argument("ids", nargs=-1, type=int, required=True)
@_as
@config
@awaited
async def seen(ids: tuple[int, ...], who: str, config_path: Path | None) -> None:
    """Mark alerts as seen."""
    from bot.store.lists.alert_lists import seen

    async with opened(config_path) as services:
        count = await seen(services.database, ids, officer=who, now=services.now())
    click.echo(f"已阅 {count} 条 (seen)")


@click.group()
def supervision() -> None:
    """督办 (written supervisions: list, issue, answer, ask-return, pass, reject)."""


@supervision.command("list")
@_unit
@config
@awaited
async def under_way(unit: str, config_path: Path | None) -> None:
    """Supervisions under way, the soonest due first; with the next grade, where an answer is late."""
    from bot.store.lists.supervision_lists import under_way
    from bot.words.supervision import GROUNDS, LEVELS, STATES

    async with opened(config_path) as services:
        for row in await under_way(services.database, unit=unit):
            late = f"\t逾期,建议{LEVELS[row['proposes']]}" if row["proposes"] else "\t逾期" if row["overdue"] else ""
            click.echo(
                f"{row['number']}\t{LEVELS[row['level']]}\t{GROUNDS[row['ground']]}\t{row['ticket']}\t{row['unit']}\t"
                f"{STATES[row['state']]}\t{row['answer_by'].astimezone():%m-%d %H:%M}{late}"
            )


@supervision.command()
@click.argument("ticket")
@click.option("--level", required=True, type=click.Choice(["L3", "L4", "L5"]), help="书面, 联合, 通报.")
@click.option("--ground", default="instruction", help="instruction, mass_incident, evasion.")
@click.option("--note", default="", help="Why.")
@_as
@config
@awaited
async def issue(ticket: str, *, level: str, ground: str, note: str, who: str, config_path: Path | None) -> None:
    """督办: bring TICKET under supervision; the number is drawn."""
    data = {"level": level, "ground": ground} | ({"note": note} if note else {})
    await give(ticket, "supervise", role="supervisor", who=who, data=data, config_path=config_path)


@supervision.command()
@click.argument("ticket")
@click.argument("number")
@click.option("--text", required=True, help="What the unit answers.")
@_as
@config
@awaited
async def answer(ticket: str, number: str, *, text: str, who: str, config_path: Path | None) -> None:
    """督办回复: the unit's answer."""
    data = {"number": number, "text": text}
    await give(ticket, "answer_supervision", role="unit", who=who, data=data, config_path=config_path)


@supervision.command("ask-return")
@click.argument("ticket")
@click.argument("number")
@click.option("--text", required=True, help="Why it should be taken back.")
@_as
@config
@awaited
async def ask_return(ticket: str, number: str, *, text: str, who: str, config_path: Path | None) -> None:
    """申请退回: the unit asks to be relieved of it."""
    data = {"number": number, "text": text}
    await give(ticket, "return_supervision", role="unit", who=who, data=data, config_path=config_path)


@supervision.command("pass")
@click.argument("ticket")
@click.argument("number")
@_as
@config
@awaited
async def pass_(ticket: str, number: str, *, who: str, config_path: Path | None) -> None:
    """督办办结: the answer, or the return, is accepted."""
    data = {"number": number}
    await give(ticket, "pass_supervision", role="supervisor", who=who, data=data, config_path=config_path)


@supervision.command()
@click.argument("ticket")
@click.argument("number")
@click.option("--note", required=True, help="What is missing.")
@_as
@config
@awaited
async def reject(ticket: str, number: str, *, note: str, who: str, config_path: Path | None) -> None:
    """退回督办回复: the unit answers again."""
    data = {"number": number, "note": note}
    await give(ticket, "reject_supervision", role="supervisor", who=who, data=data, config_path=config_path)
