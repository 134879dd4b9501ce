"""``ticket``: every officer and unit of the hotline, played from the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.options import awaited, config, opened

if TYPE_CHECKING:
    from bot.services import Services
    from tickets.privacy.access import Officer


@click.group()
def ticket() -> None:
    """工单 (tickets: list, show, dispatch, sign, contact, reply, review …)."""


@ticket.command("list")
@click.option("--state", default="", help="Only this state, for example to_dispatch.")
@click.option("--unit", default="", help="Only those this unit leads.")
@config
@awaited
async def list_(state: str, unit: str, config_path: Path | None) -> None:
    """Open tickets, the soonest due first."""
    from bot.store.lists.ticket_lists import listed

    async with opened(config_path) as services:
        for row in await listed(services.database, state=state, unit=unit):
            name = services.city.categories.get(row["category"], row["category"])
            due = row["due_at"].astimezone().strftime("%m-%d %H:%M") if row["due_at"] else "-"
            click.echo(f"{row['number']}\t{row['state']}\t{row['urgency']}\t{row['lead_unit'] or '-'}\t{due}\t{name}")


@ticket.command()
@click.argument("number")
@click.option("--as", "account", default="", help="As this officer sees it; the demonstration needs none.")
@config
@awaited
async def show(number: str, *, account: str, config_path: Path | None) -> None:
    """One ticket, its log, and who should handle it, as an officer sees it."""
    from bot.store.lists.sights import look_at
    from bot.store.lists.ticket_lists import whole
    from tickets.dispatch.suggestion import explained
    from tickets.privacy.access import FieldClass, Sight, veil
    from tickets.privacy.sealing import reader_of

    async with opened(config_path) as services:
        officer = await _viewer(services, account)
        row, events = await whole(services.database, number, reader=reader_of(officer))
        look = await look_at(services.database, officer, row, now=services.now())
        if not look.at_all:
            raise LookupError(f"there is no ticket {number} for {account}")
        whole_ = look.sees(FieldClass.CONTENT) is Sight.FULL
        papers = [one for name in row["papers"] if name != "referrals" and whole_ for one in row[name]]
        row = veil(row, look)
        for name, value in row.items():
            if name in row["papers"] or name in {"papers", "chain"}:
                continue
            if value not in (None, "", [], 0, ()):
                click.echo(f"{name:20} {value.astimezone() if isinstance(value, datetime) else value}")
        for paper in papers:
            click.echo(f"  {paper}")
        for file in row["referrals"]:  # a repr of it would show nothing, and only its readers come here
            told = (file.state, file.unit, file.grounds, file.reason, file.feedback)
            click.echo(f"  移交 {file.n} {' | '.join(filter(None, told))}")
        for event in events:
            click.echo(
                f"  {event['n']:>3} {event['at'].astimezone():%m-%d %H:%M} {event['role']} {event['command']} → {event['to_state']}"
            )
        await services.rulebook.refresh()
        await services.advice.learner.refresh(now=services.now())
        for one in services.advice.suggest(row, now=services.now()):
            click.echo(f"  建议承办 {explained(one, services.city.talk.units)}")


async def _viewer(services: Services, account: str) -> Officer:
    """Who looks. Without accounts, in the demonstration, whoever sits at the machine has every role, as at the desk."""
    from bot.roster import every_role

    if account:
        return await services.roster.get(account)
    if services.settings.house.web.desk_key is None:
        raise LookupError("say which officer looks: --as ACCOUNT")
    return every_role("cli")


@ticket.command("order")
@click.argument("number")
@click.argument("command")
@click.option("--role", required=True, help="In which role: dispatcher, unit, reviewer, office_leader …")
@click.option("--as", "who", default="cli", help="Officer's name, or the unit's code.")
@click.option(
    "-d",
    "--data",
    multiple=True,
    metavar="NAME=VALUE",
    help="What the order needs, see docs/lifecycle.md; a name given twice makes a list.",
)
@config
@awaited
async def order_(
    number: str, command: str, *, role: str, who: str, data: tuple[str, ...], config_path: Path | None
) -> None:
    """Any order of the life cycle, for what has no command of its own."""
    given: dict[str, list[str]] = {}
    for one in data:
        name, equals, value = one.partition("=")
        if not equals:
            raise click.BadParameter(f"write NAME=VALUE, not {one}", param_hint="--data")
        given.setdefault(name, []).append(value)
    plain = {name: values[0] if len(values) == 1 else values for name, values in given.items()}
    await give(number, command, role=role, who=who, data=plain, config_path=config_path)


async def give(
    number: str, command: str, *, role: str, who: str, data: Mapping[str, object], config_path: Path | None
) -> None:
    """One order, and whether it was taken. Raises ClickException with the reason when it was not."""
    from tickets.orders import Command, NotAllowed, Order
    from tickets.ticket import Actor, Role

    order = Order(Command(command), Actor(Role(role), who), data)
    async with opened(config_path) as services:
        await services.rulebook.refresh()
        try:
            await services.office.order(number, order)
        except NotAllowed as refused:
            raise click.ClickException(f"不允许 (not allowed): {refused}") from None
    click.echo("已办理 (done)")


def as_command(name: str, role: str, doc: str, *options: Callable[[Any], Any]) -> None:
    """Register one order as a command: ``minsheng ticket <name> NUMBER --as WHO …``."""

    @awaited
    async def command(number: str, who: str, config_path: Path | None, **data: Any) -> None:
        given = {key: value for key, value in data.items() if value not in (None, "", ())}
        await give(number, name, role=role, who=who, data=given, config_path=config_path)

    wrapped: Any = command
    for option in reversed(options):
        wrapped = option(wrapped)
    wrapped = click.option("--as", "who", default="cli", help="Officer's name, or the unit's code.")(wrapped)
    wrapped = click.argument("number")(config(wrapped))
    ticket.add_command(click.command(name.replace("_", "-"), help=doc)(wrapped))


as_command("accept", "agent", "受理 (accept).")
as_command(
    "dispatch",
    "dispatcher",
    "派单: name the first-responsible unit.",
    click.option("--lead", required=True, help="Unit code."),
    click.option("--co", multiple=True, help="Code of a unit that helps; again for another."),
    click.option("--note", default="", help="For the unit."),
)
as_command("sign", "unit", "签收.")
as_command("contact", "unit", "首次联系.", click.option("--method", default="phone", help="phone, visit, message."))
as_command("interim", "unit", "中途汇报.", click.option("--text", required=True, help="What the citizen may read."))
as_command(
    "submit_reply",
    "unit",
    "答复.",
    click.option("--text", "public_reply", required=True, help="What the citizen reads."),
    click.option("--note", "internal_note", default="", help="For the office only."),
    click.option("--kind", "closing_kind", default="solved", help="solved, partly, unsolved, explained."),
    click.option("--signer", default="", help="Who signed it."),
)
as_command("review_pass", "reviewer", "审核通过: the citizen gets the reply.")
as_command(
    "review_reject", "reviewer", "审核退回.", click.option("--fault", default="off_point", help="empty, off_point …")
)
as_command("redo", "reviewer", "重新办理.", click.option("--cause", default="poor_handling", help="What triage found."))
