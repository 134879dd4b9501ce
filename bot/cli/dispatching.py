"""``dispatch``, ``catalogue``, ``consultation``: how good dispatch is, what the catalogue says, and what panels sit on."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import click

from bot.cli.options import awaited, config, opened

_NOTE = click.option("--note", default="", help="A word to go with it.")
_LEAD = click.option("--lead", required=True, help="Unit code.")
_CO = click.option("--co", multiple=True, help="Code of a unit that helps; again for another.")


@click.group()
def dispatch() -> None:
    """派单 (dispatch: accuracy)."""


@dispatch.command()
@click.option("--from", "since", required=True, help="First day, 2026-01-01.")
@click.option("--to", "until", required=True, help="Last day.")
@config
@awaited
async def accuracy(since: str, until: str, config_path: Path | None) -> None:
    """派单准确率: 1 - approved returns / dispatched, of all and of each unit that returned something."""
    from datetime import timedelta

    from bot.store.lists.dispatch_lists import accuracy as measured
    from tickets.limits.calendar import SHANGHAI

    first, last = date.fromisoformat(since), date.fromisoformat(until)
    begin, end = (datetime.combine(day, time(), SHANGHAI) for day in (first, last + timedelta(days=1)))
    async with opened(config_path) as services:
        whole, *units = await measured(services.database, since=begin, until=end)
        if whole.share is None:
            click.echo("这段时间没有派单 (nothing was dispatched)")
            return
        click.echo(f"派单 {whole.dispatched} 件,同意退单 {whole.returned} 件,准确率 {whole.share:.1%}")
        for one in units:
            if one.returned and one.share is not None:
                name = services.city.talk.units.get(one.unit, one.unit)
                click.echo(f"  {one.unit}\t{name}\t{one.returned}/{one.dispatched}\t{one.share:.1%}")


@click.group()
def catalogue() -> None:
    """派单目录 (catalogue: list, proposals, propose, approve, reject)."""


@catalogue.command("list")
@click.option("--category", default="", help="Only this category.")
@config
@awaited
async def list_(category: str, config_path: Path | None) -> None:
    """Every row that holds today."""
    from tickets.limits.calendar import SHANGHAI

    async with opened(config_path) as services:
        await services.rulebook.refresh()
        names, today = services.city.talk.units, services.now().astimezone(SHANGHAI).date()
        for rule in sorted(services.city.catalogue.on(today), key=lambda one: one.key):
            if category in {"", rule.category}:
                where = f"{rule.district}{rule.street}" or "-"
                co = "、".join(names.get(code, code) for code in rule.co)
                lead = names.get(rule.lead, rule.lead)
                click.echo(f"{rule.category}\t{where}\t{rule.concern or '-'}\t{lead}\t{co}\t{rule.source} {rule.note}")


@catalogue.command()
@config
@awaited
async def proposals(config_path: Path | None) -> None:
    """What waits for a signature."""
    async with opened(config_path) as services:
        for row in await services.rulebook.proposals():
            rule = row["rule"]
            where = f"{rule.district}{rule.street}" or "-"
            told = f"{rule.category}\t{where}\t{rule.concern or '-'}\t{rule.lead}\t{row['ticket'] or '-'}"
            click.echo(f"{row['id']}\t{told}\t{row['proposed_by']}")


@catalogue.command()
@click.option("--category", required=True)
@_LEAD
@_CO
@click.option("--district", default="", help="District code; without it the whole city.")
@click.option("--street", default="", help="Name of a street or town.")
@click.option("--concern", default="", help="Code of concerns.yaml.")
@click.option("--clause", default="", help="Quoted to the unit.")
@click.option("--begins", default="", help="First day, 2026-01-01; without it at once.")
@click.option("--reason", required=True, help="Why.")
@click.option("--as", "who", required=True, help="Who proposes; somebody else signs.")
@config
@awaited
async def propose(
    co: tuple[str, ...], begins: str, reason: str, who: str, config_path: Path | None, **texts: str
) -> None:
    """Propose a row."""
    from tickets.dispatch.catalogue import Rule

    rule = Rule(**texts, co=co, valid_from=date.fromisoformat(begins) if begins else None)  # type: ignore[arg-type]
    async with opened(config_path) as services:
        made = await services.rulebook.propose(rule, reason=reason, by=who, now=services.now())
    click.echo(f"已提出 {made},待他人审核 (proposed, waits for another's signature)")


@catalogue.command()
@click.argument("proposal", type=int)
@click.option("--as", "who", required=True, help="Who signs: not who proposed it or sat on the panel.")
@_NOTE
@config
@awaited
async def approve(proposal: int, who: str, note: str, config_path: Path | None) -> None:
    """Sign a proposal; running hubs serve it within seconds."""
    async with opened(config_path) as services:
        await services.rulebook.approve(proposal, by=who, now=services.now(), note=note)
    click.echo("已审核同意 (approved)")


@catalogue.command()
@click.argument("proposal", type=int)
@click.option("--as", "who", required=True, help="Who declines it.")
@click.option("--note", required=True, help="Why.")
@config
@awaited
async def reject(proposal: int, who: str, note: str, config_path: Path | None) -> None:
    """Decline a proposal."""
    async with opened(config_path) as services:
        await services.rulebook.reject(proposal, by=who, now=services.now(), note=note)
    click.echo("已退回 (rejected)")


@click.group()
def consultation() -> None:
    """会商 (consultation: list, paper)."""


@consultation.command("list")
@config
@awaited
async def panels(config_path: Path | None) -> None:
    """Panels that sit, those whose time ends first first."""
    from bot.store.lists.dispatch_lists import open_consultations

    async with opened(config_path) as services:
        for row in await open_consultations(services.database):
            by = row["settle_by"].astimezone().strftime("%m-%d %H:%M")
            click.echo(f"{row['ticket']}\t{row['panel']}\t{row['reason']}\t{by}\t{','.join(row['candidates'])}")


@consultation.command()
@click.argument("number")
@config
@awaited
async def paper(number: str, config_path: Path | None) -> None:
    """会商议题: the agenda paper in Markdown: facts, candidates, their arguments and clauses; no personal data."""
    from bot.dispatch.agenda import paper as written

    async with opened(config_path) as services:
        await services.rulebook.refresh()
        await services.advice.learner.refresh(now=services.now())
        click.echo(await written(services, number), nl=False)
