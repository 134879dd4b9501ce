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
    from tickets.access import Officer


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
    from bot.store.ticket_lists import listed

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
    from bot.store.sights import look_at
    from bot.store.ticket_lists import whole
    from tickets.access import FieldClass, Sight, veil
    from tickets.dispatch import suggest

    async with opened(config_path) as services:
        row, events = await whole(services.database, number)
        look = await look_at(services.database, await _viewer(services, account), row, now=services.now())
        if not look.at_all:
            raise LookupError(f"there is no ticket {number} for {account}")
        papers = (
            [paper for name in row["papers"] for paper in row[name]]
            if look.sees(FieldClass.CONTENT) is Sight.FULL
            else []
        )
        row = veil(row, look)
        for name, value in row.items():
            if name in row["papers"] or name in {"papers", "chain"}:
                continue
            if value not in (None, "", [], 0, ()):
                click.echo(f"{name:20} {value.astimezone() if isinstance(value, datetime) else value}")
        for paper in papers:
            click.echo(f"  {paper}")
        for event in events:
            click.echo(
                f"  {event['n']:>3} {event['at'].astimezone():%m-%d %H:%M} {event['role']} {event['command']} → {event['to_state']}"
            )
        found = suggest(
            services.city.directory, services.city.catalogue, category=row["category"], district=row["district"]
        )
        for one in found:
            click.echo(f"  建议承办 {one.unit} ({one.reason})")


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
@click.option("-d", "--data", multiple=True, metavar="NAME=VALUE", help="What the order needs, see docs/lifecycle.md.")
@config
@awaited
async def order_(
    number: str, command: str, *, role: str, who: str, data: tuple[str, ...], config_path: Path | None
) -> None:
    """Any order of the life cycle, for what has no command of its own."""
    given: dict[str, str] = {}
    for one in data:
        name, equals, value = one.partition("=")
        if not equals:
            raise click.BadParameter(f"write NAME=VALUE, not {one}", param_hint="--data")
        given[name] = value
    await _give(number, command, role=role, who=who, data=given, config_path=config_path)


async def _give(
    number: str, command: str, *, role: str, who: str, data: Mapping[str, object], config_path: Path | None
) -> None:
    from tickets.orders import Command, NotAllowed, Order
    from tickets.ticket import Actor, Role

    order = Order(Command(command), Actor(Role(role), who), data)
    async with opened(config_path) as services:
        try:
            await services.office.order(number, order)
        except NotAllowed as refused:
            raise click.ClickException(f"不允许 (not allowed): {refused}") from None
    click.echo("已办理 (done)")


def _order(name: str, role: str, doc: str, *options: Callable[[Any], Any]) -> None:
    """Register one order as a command: ``minsheng ticket <name> NUMBER --as WHO …``."""

    @awaited
    async def command(number: str, who: str, config_path: Path | None, **data: Any) -> None:
        given = {key: value for key, value in data.items() if value not in (None, "", ())}
        await _give(number, name, role=role, who=who, data=given, config_path=config_path)

    wrapped: Any = command
    for option in reversed(options):
        wrapped = option(wrapped)
    wrapped = click.option("--as", "who", default="cli", help="Officer's name, or the unit's code.")(wrapped)
    wrapped = click.argument("number")(config(wrapped))
    ticket.add_command(click.command(name.replace("_", "-"), help=doc)(wrapped))


_order("accept", "agent", "受理 (accept).")
_order(
    "dispatch",
    "dispatcher",
    "派单: name the first-responsible unit.",
    click.option("--lead", required=True, help="Unit code."),
    click.option("--note", default="", help="For the unit."),
)
_order("sign", "unit", "签收.")
_order("contact", "unit", "首次联系.", click.option("--method", default="phone", help="phone, visit, message."))
_order("interim", "unit", "中途汇报.", click.option("--text", required=True, help="What the citizen may read."))
_order(
    "submit_reply",
    "unit",
    "答复.",
    click.option("--text", "public_reply", required=True, help="What the citizen reads."),
    click.option("--note", "internal_note", default="", help="For the office only."),
    click.option("--kind", "closing_kind", default="solved", help="solved, partly, unsolved, explained."),
    click.option("--signer", default="", help="Who signed it."),
)
_order("review_pass", "reviewer", "审核通过: the citizen gets the reply.")
_order(
    "review_reject", "reviewer", "审核退回.", click.option("--fault", default="off_point", help="empty, off_point …")
)
_order("redo", "reviewer", "重新办理.", click.option("--cause", default="poor_handling", help="What triage found."))
