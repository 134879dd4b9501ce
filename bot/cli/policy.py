"""``policy``: what the city's rules are, and what they would make of a ticket opened now."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from bot.cli.options import config, settings_from, told


@click.group()
def policy() -> None:
    """办理规则 (policy: preview, list)."""


@policy.command()
@click.option("--type", "appeal", default="complaint", help="consult, help, suggest, complaint, report, praise.")
@click.option("--urgency", default="normal", help="normal, urgent, critical.")
@click.option("--at", "moment", default="", help="As if it came then, city time: 2026-09-18T09:00.")
@click.option("--version", default="", help="An older or coming version, for example cn-jinan-like@1.")
@config
@told
def preview(appeal: str, urgency: str, moment: str, version: str, config_path: Path | None) -> None:
    """By when a ticket opened now would be due, counted day by day."""
    from bot.city import load_city
    from bot.clock import CITY_TIME, now
    from tickets.appeal import AppealType, Urgency
    from tickets.clocks.preview import preview as lines

    house = settings_from(config_path).house
    at = datetime.fromisoformat(moment).replace(tzinfo=CITY_TIME) if moment else now()
    city = load_city(house.city.folder, policy=house.city.policy, today=at.astimezone(CITY_TIME).date())
    chosen = city.policies.get(version) if version else city.talk.policy
    for line in lines(chosen, city.calendar, appeal=AppealType(appeal), urgency=Urgency(urgency), now=at):
        click.echo(line)


@policy.command("list")
@config
@told
def list_(config_path: Path | None) -> None:
    """Every version of the city's policy, and which is in force."""
    from bot.city import load_city
    from bot.clock import CITY_TIME, now

    house = settings_from(config_path).house
    today = now().astimezone(CITY_TIME).date()
    city = load_city(house.city.folder, policy=house.city.policy, today=today)
    for one in city.policies:
        mark = "*" if one.id == city.talk.policy.id else " "
        click.echo(f"{mark} {one.id}\t{one.effective_from}\t{one.source_note}")
