"""``callback``: the calls of callback officers from the command line, and whether every draw was an honest one."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import awaited, config, opened

_who = click.option("--as", "who", required=True, help="The callback officer's name.")
_unit = click.option("--unit", default="", help="The unit he works for, if not the hotline: it may not be involved.")


@click.group()
def callback() -> None:
    """电话回访 (calls: list, take, answered, no-answer; draws)."""


@callback.command("list")
@_who
@_unit
@config
@awaited
async def list_(who: str, unit: str, config_path: Path | None) -> None:
    """Calls to make now: id, tries so far, why, by whom it is held; never the number."""
    async with opened(config_path) as services:
        for row in await services.calls.waiting(who, unit=unit):
            held = row["taken_by"] if row["taken_until"] and row["taken_until"] > services.now() else "-"
            click.echo(f"{row['id']}\t{row['tries']}\t{','.join(row['reasons'])}\t{held}")


@callback.command()
@click.argument("call")
@_who
@_unit
@config
@awaited
async def take(call: str, who: str, unit: str, config_path: Path | None) -> None:
    """领取: hold a call; its number is shown."""
    from bot.orders.calls import CallRefused

    async with opened(config_path) as services:
        try:
            await services.calls.take(call, who, unit=unit)
        except CallRefused as refused:
            raise click.ClickException(f"不允许 (not allowed): {refused.reason} {refused.holder}") from None
        mine = next(row for row in await services.calls.waiting(who, unit=unit) if row["id"] == call)
        click.echo(f"已领取 (taken): {mine['phone']}")


@callback.command()
@click.argument("call")
@_who
@_unit
@click.option("--satisfaction", required=True, help="very, satisfied, basic, dissatisfied.")
@click.option("--solved", default="", help="solved, partly, unsolved.")
@click.option("--contacted", default="", help="Whether the unit had contacted him: yes, no.")
@click.option(
    "--reason", "reasons", multiple=True, help="not_contacted, not_solved, not_true, attitude, policy, other."
)
@click.option("--comment", default="", help="The citizen's own words.")
@config
@awaited
async def answered(
    call: str, who: str, *, unit: str, reasons: tuple[str, ...], config_path: Path | None, **said: str
) -> None:
    """记录: what the citizen said."""
    given: dict[str, object] = {name: value for name, value in said.items() if value}
    await _record(call, who, unit, given | {"reasons": reasons}, config_path)


@callback.command("no-answer")
@click.argument("call")
@_who
@_unit
@click.option("--note", default="", help="For the office.")
@config
@awaited
async def no_answer(call: str, who: str, *, unit: str, note: str, config_path: Path | None) -> None:
    """未接通: nobody answered; again at another time of day."""
    await _record(call, who, unit, None, config_path, note=note)


async def _record(
    call: str, who: str, unit: str, said: dict[str, object] | None, config_path: Path | None, *, note: str = ""
) -> None:
    from bot.orders.calls import CallRefused
    from tickets.orders import NotAllowed

    async with opened(config_path) as services:
        try:
            if said is None:
                await services.calls.not_answered(call, who, unit=unit, note=note)
            else:
                await services.calls.answered(call, who, said, unit=unit)
        except (CallRefused, NotAllowed) as refused:
            raise click.ClickException(f"不允许 (not allowed): {refused}") from None
    click.echo("已记录 (noted)")


@callback.command()
@click.option("--month", required=True, help="For example 2026-09.")
@config
@awaited
async def draws(month: str, config_path: Path | None) -> None:
    """抽样核查: draw every lot of a month again from the seed that was kept. Ends with 1 if one differs."""
    from bot.store.lists.call_lists import lots, strata
    from tickets.asking.sampling import drawn

    wrong = 0
    async with opened(config_path) as services:
        policies = services.office.ticketing.policies
        for stratum in await strata(services.database, month):
            found = await lots(services.database, month, stratum["unit"])
            for lot in found:
                percent = policies.get(lot["policy"]).callback.phone.percent
                key = {"month": month, "unit": stratum["unit"], "place": lot["place"]}
                wrong += drawn(stratum["seed"], **key, percent=percent) is not lot["drawn"]
            lucky = sum(1 for lot in found if lot["drawn"])
            click.echo(f"{stratum['unit']}\t{lucky} / {stratum['count']}\tseed {stratum['seed']}")
    if wrong:
        raise click.ClickException(f"{wrong} 件与种子不符 (lots do not follow from the seed)")
    click.echo("全部与种子相符 (every lot follows from its seed)")
