"""The agenda paper (会商议题) of a ticket nobody agrees on: facts, candidates, their arguments and clauses; no personal data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.store.lists.ticket_lists import whole
from bot.store.ticket_rows import read_ticket
from bot.words import desk as w
from tickets.dispatch.catalogue import Rule
from tickets.dispatch.suggestion import Suggestion
from tickets.papers.assignment import AssignmentRole
from tickets.papers.consultation import Consultation
from tickets.papers.request import Request, RequestKind
from tickets.ticket import Ticket
from tickets.units import Directory

if TYPE_CHECKING:
    from bot.services import Services

_NUMBERS = re.compile(r"(?<!\d)(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|\d{17}[\dXx]|0\d{2,3}[ -]?\d{7,8})(?![\dXx])")
_NAMES = re.compile(r"(我叫|姓名|联系人|诉求人|来电人)[:：]?[一-龥]{2,3}|()[一-龥](?:先生|女士|小姐|阿姨)")
_ROOMS = re.compile(
    r"\d+(?:-\d+)?号?(?:楼|栋|幢)?\d+单元[\d-]*(?:室|号)?|\d+(?:-\d+)?(?:号楼|栋|幢)[\d-]+(?:室|号)?|\d{3,4}室"
)
PARTS = {
    AssignmentRole.LEAD: "主办",
    AssignmentRole.CO: "协办",
    AssignmentRole.SUB: "下派",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What the paper is written from. ``disputes`` are what units' heads argued, by unit."""

    ticket: Ticket
    directory: Directory = field(repr=False)
    category: str
    district: str
    suggestions: Sequence[Suggestion]
    rule: Rule | None
    disputes: Mapping[str, str] = field(repr=False)
    now: datetime

    def lines(self) -> Iterator[str]:
        """The paper in Markdown. Raises LookupError when no panel sits."""
        sitting = self.ticket.consultation
        if sitting is None:
            raise LookupError(f"there is no open consultation on {self.ticket.number}")
        yield f"# 会商议题：{self.category}（{self.district}）"
        yield ""
        yield from self._head(sitting)
        yield from _titled("一、派单经过", self._history())
        yield from _titled("二、候选单位及意见", self._candidates(sitting))
        yield from _titled("三、现行目录", self._catalogue())
        yield from _titled("四、请会议裁定", _asked())

    def _head(self, sitting: Consultation) -> Iterator[str]:
        ticket = self.ticket
        yield f"- 工单编号：{ticket.number}"
        yield f"- 会商级别：{w.PANELS[sitting.panel]}"
        yield f"- 提请原因：{w.PANEL_REASONS[sitting.reason]}，{w.moment(sitting.opened_at)}由{self._name(sitting.opened_by)}提出"
        yield f"- 应于 {w.moment(sitting.settle_by)} 前裁定；对市民承诺的期限：{w.moment(ticket.due_at)}"
        yield f"- 诉求类型：{w.TYPES[ticket.type]}；紧急程度：{w.URGENCIES[ticket.urgency]}；登记：{w.moment(ticket.received_at)}"
        if ticket.confidential:
            yield "- 本件身份保密"
        yield f"- 现承办单位：{self._name(ticket.lead_unit) or '尚未派单'}（裁定前先行办理）"
        yield f"- 成文时间：{w.moment(self.now)}"

    def _history(self) -> Iterator[str]:
        for part in self.ticket.assignments:
            end = f"，{w.PART_STATES[part.state]}" if part.ended_at else ""
            yield f"- {w.moment(part.dispatched_at)} 派{self._name(part.unit)}（{PARTS[part.role]}）{end}"
        for one in self.ticket.asked_of(RequestKind.RETURN):
            yield f"- {w.moment(one.asked_at)} {self._name(one.asked_by)}申请退单：{self._argued(one)}，{w.DECISIONS[one.state]}"
        for past in self.ticket.consultations:
            if not past.open and past.lead:
                yield f"- {w.moment(past.settled_at)} 会商裁定{self._name(past.lead)}：{scrubbed(past.minutes)}"

    def _candidates(self, sitting: Consultation) -> Iterator[str]:
        suggested = {one.unit: one for one in self.suggestions}
        asked = [str(one.data.get("suggested", "")) for one in self.ticket.asked_of(RequestKind.RETURN)]
        for code in dict.fromkeys([self.ticket.lead_unit, *sitting.candidates, *asked, *suggested]):
            unit = self.directory.get(code)
            if unit is None:
                continue
            yield f"### {unit.name}"
            yield ""
            if unit.duty:
                yield f"- 职责条款：{unit.clause}：{unit.duty}"
            if code in suggested:
                one = suggested[code]
                words = "；".join(
                    f"{reason.words}{f'（{reason.clause}）' if reason.clause else ''}" for reason in one.reasons
                )
                yield f"- 系统建议（把握 {one.confidence:.0%}）：{words}"
            for request in self.ticket.asked_of(RequestKind.RETURN):
                if request.asked_by == code:
                    yield f"- 单位意见：{self._argued(request)}"
            if code in self.disputes:
                yield f"- 主要负责人异议：{scrubbed(self.disputes[code])}"
            yield ""

    def _catalogue(self) -> Iterator[str]:
        if self.rule is None:
            yield "- 派单目录没有对应的条目。"
            return
        lead = "事发地区县" if self.rule.lead == "district" else self._name(self.rule.lead)
        stands = " ".join(filter(None, (self.rule.source, self.rule.clause, self.rule.note)))
        yield f"- {self.rule.category}：{lead}{f'（{stands}）' if stands else ''}"
        if self.rule.department_only:
            yield "- 部门事项，不得下沉到街道（镇）。"

    def _argued(self, request: Request) -> str:
        said = request.data
        reason = w.RETURNS.get(str(said.get("reason", "")), "")
        other = self._name(str(said.get("suggested", "")))
        parts = (
            reason,
            f"依据{said.get('clause', '')}",
            f"建议由{other}承办" if other else "",
            str(said.get("note", "")),
        )
        return scrubbed("，".join(filter(None, parts)))

    def _name(self, code: str) -> str:
        unit = self.directory.get(code)
        return unit.name if unit else code


def _titled(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    yield from lines


def _asked() -> Iterator[str]:
    yield "1. 首接责任单位和协办单位；"
    yield "2. 裁定的职责依据，写入会议纪要；"
    yield "3. 是否写入派单目录，适用的区域和事项范围。"


def scrubbed(text: str) -> str:
    """``text`` without phone and identity numbers, citizens' names and rooms: the paper goes to many hands."""
    return _ROOMS.sub("（住址略）", _NAMES.sub(r"\1（姓名略）", _NUMBERS.sub("（号码略）", text)))


def disputes(events: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What units' heads argued, by unit, from a ticket's log."""
    return {one["actor"]: str(one["data"].get("note", "")) for one in events if one["command"] == "dispute"}


async def paper(services: Services, number: str) -> str:
    """The agenda paper of a ticket in Markdown. Raises LookupError when there is no such ticket, or no panel sits on it."""
    row, events = await whole(services.database, number)
    city, now = services.city, services.now()
    district = next((one.name for one in city.talk.districts if one.code == row["district"]), "未说明区域")
    agenda = Agenda(
        ticket=read_ticket(row),
        directory=city.directory,
        category=city.categories.get(row["category"], row["category"]),
        district=district,
        suggestions=services.advice.suggest(row, now=now),
        rule=services.advice.rule(row, now=now),
        disputes=disputes(events),
        now=now,
    )
    return "\n".join(agenda.lines()) + "\n"
