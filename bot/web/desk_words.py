"""The Chinese words of the desk: states, orders, choices and refusals, each code with its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from bot.batching import CITY_TIME
from bot.web import desk_order_words
from tickets.appeal import AppealType, Cause, ClosingKind, Satisfaction, Solved, Urgency
from tickets.command import Fault, ReturnReason, Waiver
from tickets.consultation import ConsultReason
from tickets.ticket import Role, State

STATES: Mapping[str, str] = {
    State.DRAFT: "草稿",
    State.RECEIVED: "待受理",
    State.NOT_ACCEPTED: "不予受理",
    State.ANSWERED: "直接答复",
    State.EMERGENCY_DIVERTED: "紧急转办",
    State.TO_DISPATCH: "待派单",
    State.DISPATCHED: "待签收",
    State.HANDLING: "办理中",
    State.IN_CONSULTATION: "会商中",
    State.SUSPENDED: "已挂起",
    State.TO_REVIEW: "待审核",
    State.TO_CALLBACK: "待回访",
    State.CLOSED: "已办结",
    State.TERMINATED: "已终止",
    State.WITHDRAWN: "已撤回",
    State.MERGED: "已并案",
    State.ARCHIVED: "已归档",
}
COMMANDS = desk_order_words.COMMANDS
refusal = desk_order_words.refusal
ROLES: Mapping[str, str] = {
    Role.CITIZEN: "市民",
    Role.BOT: "机器人",
    Role.AGENT: "坐席",
    Role.DISPATCHER: "派单员",
    Role.UNIT: "承办单位",
    Role.REVIEWER: "审核员",
    Role.CALLBACK_OFFICER: "回访员",
    Role.SUPERVISOR: "督办员",
    Role.OFFICE_LEADER: "热线负责人",
    Role.PANELIST: "评审员",
    Role.DISCIPLINE: "纪检监察",
    Role.SYSTEM: "系统",
    Role.ANALYST: "研判员",
    Role.KB_EDITOR: "知识库编辑",
    Role.AUDITOR: "审计员",
    Role.SYSADMIN: "系统管理员",
}
URGENCIES: Mapping[str, str] = {Urgency.NORMAL: "一般", Urgency.URGENT: "紧急", Urgency.CRITICAL: "特急"}
TYPES: Mapping[str, str] = {
    AppealType.CONSULT: "咨询",
    AppealType.HELP: "求助",
    AppealType.SUGGEST: "建议",
    AppealType.COMPLAINT: "投诉",
    AppealType.REPORT: "举报",
    AppealType.PRAISE: "表扬",
}
SATISFACTIONS: Mapping[str, str] = {
    Satisfaction.VERY: "非常满意",
    Satisfaction.SATISFIED: "满意",
    Satisfaction.BASIC: "基本满意",
    Satisfaction.DISSATISFIED: "不满意",
    Satisfaction.UNREACHABLE: "未能回访",
}
SOLVED: Mapping[str, str] = {Solved.SOLVED: "已解决", Solved.PARTLY: "部分解决", Solved.UNSOLVED: "未解决"}
CLOSINGS: Mapping[str, str] = {
    ClosingKind.SOLVED: "已解决",
    ClosingKind.PARTLY: "部分解决",
    ClosingKind.UNSOLVED: "未解决",
    ClosingKind.EXPLAINED: "已解释说明",
}
FAULTS: Mapping[str, str] = {
    Fault.OFF_POINT: "答非所问",
    Fault.EMPTY: "空泛无内容",
    Fault.NO_CONTACT: "未联系市民",
    Fault.LEAKS_IDENTITY: "泄露市民信息",
    Fault.OTHER: "其他",
}
WAIVERS: Mapping[str, str] = {
    Waiver.ANONYMOUS: "匿名诉求",
    Waiver.DECLINED: "市民明确不需要回访",
    Waiver.NOT_SAMPLED: "未抽中回访",
}
REDO_CAUSES: Mapping[str, str] = {
    Cause.POOR_HANDLING: "办理不到位",
    Cause.ATTITUDE: "服务态度差",
    Cause.FALSE_CLOSING: "虚假办结",
}
EXPLAIN_CAUSES: Mapping[str, str] = {Cause.POLICY: "政策所限", Cause.NOT_YET: "条件暂不具备"}
RETURNS: Mapping[str, str] = {
    ReturnReason.NOT_OUR_DUTY: "不属本单位职责",
    ReturnReason.NOT_OUR_AREA: "不属本单位辖区",
    ReturnReason.ANOTHER_LEADS: "应由其他单位主办",
}
CONSULTED_FOR: Mapping[str, str] = {
    ConsultReason.CONFLICT: "职责交叉",
    ConsultReason.NO_MATCH: "派单目录没有对应单位",
    ConsultReason.RETURNED: "多次退单",
}
CONFIRMED: Mapping[str, str] = {"yes": "是"}
METHODS: Mapping[str, str] = {"phone": "电话", "visit": "上门", "message": "在线留言"}
SENDERS: Mapping[str, str] = {"bot": "机器人", "agent": "坐席", "system": "系统通知"}
HANDOVERS: Mapping[str, str] = {"asked": "市民要求人工", "emergency": "紧急情况"}
GATHERED: Mapping[str, str] = {
    "type": "类型",
    "category": "类别",
    "place": "地点",
    "occurred": "时间",
    "respondent": "对方",
    "wanted": "期望",
}
"""Names of what the bot had gathered when it handed over."""
ALARMS: Mapping[str, str] = {"E0": "生命危险", "E1": "险情", "E2": "扬言极端行为", "S1": "信息安全"}
ALARM_KINDS: Mapping[str, str] = {
    "suicide": "轻生",
    "collapsed": "突发疾病、昏迷",
    "attacked": "正遭受侵害",
    "trapped": "被困",
    "gas": "燃气泄漏",
    "fire": "火情",
    "explosion": "爆炸",
    "collapse": "坍塌",
    "drowning": "溺水",
    "shock": "触电、漏电",
    "elevator": "电梯困人",
    "poison": "中毒",
    "threat": "扬言伤人",
    "reveals": "一小时内多次查看个人信息",
}


def handed_over(summary: str | None, categories: Mapping[str, str]) -> str:
    """What the bot tells the person who takes over, its own codes in words or left out."""
    told = []
    for line in (summary or "").splitlines():
        name, colon, value = line.partition(": ")
        if not (colon and name.isascii() and name.replace("_", "").isalpha()):
            told.append(line)
        elif name in GATHERED:
            told.append(f"{GATHERED[name]}：{TYPES.get(value) or categories.get(value, value)}")
    return "\n".join(told)


def moment(at: datetime | None) -> str:
    """City time, to the minute."""
    return at.astimezone(CITY_TIME).strftime("%m月%d日 %H:%M") if at else "—"


def named(names: Mapping[str, str], code: StrEnum | str | None) -> str:
    """A code's name; a code without one is shown itself."""
    return "—" if code in (None, "") else names.get(str(code), str(code))
