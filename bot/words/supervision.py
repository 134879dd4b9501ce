"""The Chinese words of supervision (督办): its grades, its grounds, and where one stands."""

from __future__ import annotations

from collections.abc import Mapping

from tickets.papers.supervision import Ground, Level, SupervisionState

LEVELS: Mapping[str, str] = {
    Level.L0: "系统提醒",
    Level.L1: "黄牌",
    Level.L2: "红牌",
    Level.L3: "书面督办",
    Level.L4: "联合督办",
    Level.L5: "通报",
}
GROUNDS: Mapping[str, str] = {
    Ground.TIME_USED: "时限过半",
    Ground.YELLOW: "临近期限未答复",
    Ground.RED: "超过期限",
    Ground.OVERDUE: "超期多日",
    Ground.INTERIM_MISSED: "未按时中途汇报",
    Ground.CONTACT_MISSED: "未按时首次联系",
    Ground.PLAN_MISSED: "挂账计划逾期",
    Ground.DISSATISFIED_AGAIN: "重办后仍不满意",
    Ground.URGED: "市民催办",
    Ground.FALSE_CLOSING: "虚假办结",
    Ground.INSTRUCTION: "领导批示",
    Ground.MASS_INCIDENT: "群体性风险",
    Ground.EVASION: "推诿拖延",
}
STATES: Mapping[str, str] = {
    SupervisionState.NOTED: "已提醒",
    SupervisionState.ISSUED: "待单位回复",
    SupervisionState.RETURN_ASKED: "单位申请退回",
    SupervisionState.TO_REVIEW: "待审核",
    SupervisionState.CLOSED: "已办结",
}
BY_HAND = (Ground.INSTRUCTION, Ground.MASS_INCIDENT, Ground.EVASION)
"""Grounds a person supervises on; the others are the rules' own."""
