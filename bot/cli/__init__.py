"""The command ``minsheng``: one group of commands a file, heavy imports only when their command runs."""

from __future__ import annotations

import click

import bot.cli.disputes  # noqa: F401 -- registers its commands with ``ticket``
from bot.cli.audit import audit
from bot.cli.callbacks import callback
from bot.cli.citizens import citizen
from bot.cli.demo import demo
from bot.cli.dispatching import catalogue, consultation, dispatch
from bot.cli.explaining import explain
from bot.cli.keys import keys
from bot.cli.knowledge import import_, kb
from bot.cli.letters import outbox, replay
from bot.cli.matters import matter
from bot.cli.officers import officer
from bot.cli.policy import policy
from bot.cli.reach import menu, qr, templates
from bot.cli.running import check, migrate, run
from bot.cli.supervision import alerts, supervision
from bot.cli.tickets import ticket
from bot.cli.units import unit


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="minsheng")
def main() -> None:
    """民声: 12345 政务服务热线消息中枢 (citizen-service messaging hub)."""


for command in (
    run,
    check,
    demo,
    migrate,
    import_,
    kb,
    replay,
    outbox,
    explain,
    ticket,
    alerts,
    supervision,
    dispatch,
    catalogue,
    consultation,
    unit,
    callback,
    matter,
    menu,
    qr,
    templates,
    policy,
    audit,
    officer,
    citizen,
    keys,
):
    main.add_command(command)
