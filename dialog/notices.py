"""Words for what the hub tells a citizen unasked: a meaning and its blanks become a sentence in his language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from channels.message import Say
from dialog.city import City
from dialog.flow import day_words
from dialog.flows import progress
from dialog.flows.rate import first_choices
from dialog.phrases import phrases
from dialog.view import TicketView
from tickets.number import tail

_BLANK = re.compile(r"\{(\w+)\}")
ASKS = {"survey.ask", "survey.remind"}
NOTICES: Mapping[str, str] = {
    "ticket.accepted": "已受理",
    "ticket.dispatched": "已派单",
    "ticket.transferred": "改派",
    "ticket.confirmed": "确定承办单位",
    "ticket.consultation": "会商中",
    "ticket.signed": "已签收",
    "ticket.interim": "办理进展",
    "ticket.extended": "延期",
    "ticket.suspended": "挂起",
    "ticket.resumed": "恢复办理",
    "ticket.hastened": "提前办理",
    "ticket.rescheduled": "节假日调整",
    "ticket.overdue": "超期致歉",
    "ticket.refused": "不予受理",
    "ticket.replied": "办理结果",
    "ticket.explained": "解释说明",
    "ticket.terminated": "终结办理",
    "ticket.withdrawn": "撤回",
    "ticket.restored": "撤回后恢复",
    "ticket.reopened": "重新打开",
    "ticket.redo": "退回重办",
    "ticket.merged": "并案",
    "ticket.linked": "关联同类",
    "ticket.replied_beside": "同类已答复",
    "ticket.unmerged": "解除并案",
    "ticket.unlinked": "解除关联",
    "ticket.draft_expired": "草稿过期",
    "survey.ask": "请评价",
    "survey.remind": "评价提醒",
    "knowledge.answered": "咨询有答案",
}
"""What the life cycle and the knowledge base may tell a citizen unasked: key and short name."""


def certain(key: str) -> frozenset[str]:
    """The blanks the notice ``key`` always has: those its own words cannot do without."""
    named = _BLANK.findall(phrases("zh_CN").get(key))
    return frozenset("number" if name == "tail" else name for name in named)


def readable(params: Mapping[str, str], *, locale: str, city: City) -> dict[str, str]:
    """The blanks as a template's fields show them: codes of ours (units, reasons) in words, days as they are."""
    told, blanks = phrases(locale), dict(params)
    if "unit" in blanks:
        blanks["unit"] = city.units.get(blanks["unit"], blanks["unit"])
    if "why" in blanks:
        blanks["why"] = told.get(f"why.{blanks['why']}", blanks["why"])
    return blanks


def words(key: str, params: Mapping[str, str], *, locale: str, brief: bool, city: City) -> Say:
    """The notice ``key`` in words. Unknown blanks are no matter; a missing one raises KeyError: a bug of ours."""
    told = phrases(locale, brief=brief)
    blanks = dict(params)
    if "number" in blanks:
        blanks["tail"] = tail(blanks["number"])
    if "unit" in blanks:
        blanks["unit"] = city.units.get(blanks["unit"], blanks["unit"])
    for day in {"due", "until"} & blanks.keys():
        blanks[day] = day_words(told, date.fromisoformat(blanks[day]))
    if "why" in blanks:
        blanks["why"] = told(f"why.{blanks['why']}")
    if brief and key in ASKS and "reply" in blanks:
        blanks["reply"] = blanks["reply"].rstrip("。") + "。"
    if "checked" in blanks:
        blanks["basis"] = told("consult.source" if blanks["source"] else "consult.source_plain", **blanks)
    text = told(key, **blanks)
    if key in ASKS and not brief:
        return Say(text, first_choices(told, blanks["number"]))
    return Say(text)


def standing(one: TicketView, *, locale: str, city: City) -> str:
    """Where a ticket stands, in words, for whoever looks it up."""
    told = phrases(locale)
    return progress.standing(told, lambda at: day_words(told, city.calendar.local(at)), one)
