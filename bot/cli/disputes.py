"""Orders around who leads (退单, 会商, 裁定, 协办, 下派), each as a command of ``ticket``."""

from __future__ import annotations

import click

from bot.cli.tickets import as_command

_NOTE = click.option("--note", default="", help="A word to go with it.")

as_command(
    "to_consultation",
    "dispatcher",
    "提交会商: ask a panel who leads.",
    click.option("--reason", default="conflict", help="conflict, no_match, returned."),
    click.option("--candidate", "candidates", multiple=True, required=True, help="Unit code; again for another."),
)
as_command(
    "request_return",
    "unit",
    "申请退单: once, with the clause that says whose it is.",
    click.option("--reason", default="not_our_duty", help="not_our_duty, not_our_area, another_leads."),
    click.option("--clause", required=True, help="职责依据."),
    click.option("--suggested", required=True, help="Code of the unit it belongs to."),
    _NOTE,
)
as_command("approve_return", "dispatcher", "同意退单.", _NOTE)
as_command(
    "reject_return",
    "dispatcher",
    "驳回退单: the unit keeps it and asks no more.",
    click.option("--note", required=True, help="Why."),
)
as_command(
    "dispute",
    "unit",
    "派单异议: by the unit's head, after a rejected return.",
    click.option("--signer", required=True, help="The head who signs it."),
    click.option("--note", required=True, help="Why."),
    click.option("--candidate", "candidates", multiple=True, help="Who should lead; again for another."),
)
as_command(
    "decide_lead",
    "panelist",
    "裁定承办单位: forced, and proposed for the catalogue.",
    click.option("--lead", required=True, help="Unit code."),
    click.option("--co", multiple=True, help="Code of a unit that helps; again for another."),
    click.option("--minutes", required=True, help="会商纪要."),
    click.option("--member", "members", multiple=True, help="Who else sat; none of them signs the catalogue."),
)
as_command("escalate", "dispatcher", "提请上一级会商.")
as_command(
    "add_co",
    "dispatcher",
    "增加协办单位.",
    click.option("--co", multiple=True, required=True, help="Unit code."),
    _NOTE,
)
as_command(
    "sub_dispatch",
    "unit",
    "下派: to a unit of one's own.",
    click.option("--unit", required=True, help="Code of the unit below."),
    _NOTE,
)
as_command("co_submit", "unit", "提交协办结果.", click.option("--report", required=True, help="What was done."))
