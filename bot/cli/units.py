"""``unit``: the directory of units, asked by any of their names."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import config, settings_from, told


@click.command()
@click.argument("name")
@config
@told
def unit(name: str, config_path: Path | None) -> None:
    """承办单位 (a unit by code, name, short or other name: its duties, its duty line now, and the units below it)."""
    from bot.city import load_city
    from bot.clock import now

    house = settings_from(config_path).house
    at = now()
    city = load_city(house.city.folder, policy=house.city.policy, today=at.date())
    found = city.directory.named(name)
    if found is None:
        raise LookupError(f"没有这个单位 (there is no unit called {name})")
    today = city.calendar.local(at).date()
    click.echo(f"{found.code}\t{'、'.join(found.names)}\t{found.ranking}")
    click.echo(f"  值班电话 {city.duty_line(found.code, at)}{'(24小时)' if found.always_on else ''}")
    click.echo(f"  {found.clause}:{found.duty}")
    if not found.in_force(today):
        click.echo(f"  已撤销或尚未成立 (in force {found.valid_from or '…'} to {found.valid_to or '…'})")
    for one in city.directory.below(found.code):
        click.echo(f"  下级 {one.code}\t{one.name}")
