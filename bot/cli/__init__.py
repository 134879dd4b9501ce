"""The command ``minsheng``: one group of commands a file, heavy imports only when their command runs."""

from __future__ import annotations

import click

from bot.cli.audit import audit
from bot.cli.citizens import citizen
from bot.cli.demo import demo
from bot.cli.keys import keys
from bot.cli.knowledge import import_
from bot.cli.letters import outbox, replay
from bot.cli.officers import officer
from bot.cli.policy import policy
from bot.cli.running import check, migrate, run
from bot.cli.tickets import ticket


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="minsheng")
def main() -> None:
    """民声: 12345 政务服务热线消息中枢 (citizen-service messaging hub)."""


for command in (run, check, demo, migrate, import_, replay, outbox, ticket, policy, audit, officer, citizen, keys):
    main.add_command(command)
