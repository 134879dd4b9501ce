"""The Chinese words of the desk: states, orders, choices and refusals, each code with its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from bot.batching import CITY_TIME
from tickets.appeal import AppealType, ClosingKind, Satisfaction, Solved, Urgency
from tickets.orders import Cause, Command, Fault, NotAllowed, Waiver
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
COMMANDS: Mapping[str, str] = {
    Command.SUBMIT: "提交诉求",
    Command.DIVERT_EMERGENCY: "转紧急处置",
    Command.ANSWER_FROM_KB: "直接答复",
    Command.ACCEPT: "受理",
    Command.DISPATCH: "派单",
    Command.SIGN: "签收",
    Command.AUTO_SIGN: "超时自动签收",
    Command.CONTACT: "首次联系市民",
    Command.INTERIM: "中途汇报",
    Command.SUBMIT_REPLY: "提交答复",
    Command.REVIEW_REJECT: "审核退回",
    Command.REVIEW_PASS: "审核通过",
    Command.CLOSE_WITHOUT_CALLBACK: "免回访办结",
    Command.ASK: "回访询问",
    Command.RATE: "市民评价",
    Command.LAPSE: "未能回访，办结",
    Command.REDO: "退回重办",
    Command.EXPLAIN: "解释说明并办结",
    Command.WITHDRAW: "市民撤回",
    Command.RESTORE: "恢复办理",
    Command.REOPEN: "重新打开",
    Command.SUPPLEMENT: "补充信息",
    Command.URGE: "催办",
    Command.RAISE_URGENCY: "提升紧急程度",
}
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
    Role.SYSTEM: "系统",
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
ALARMS: Mapping[str, str] = {"E0": "生命危险", "E1": "险情", "E2": "扬言极端行为"}
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
}

_REFUSALS: Mapping[str, str] = {
    "state": "工单当前状态下不能这样办理，可能刚刚被别人处理过",
    "role": "这个角色没有此项权限",
    "not_yours": "工单不归该单位办理",
    "type": "只有咨询类诉求可以直接答复",
    "lead_is_co": "主办单位不能同时是协办单位",
    "early": "还没到时间",
    "no_contact": "答复前须先联系市民",
    "personal_data": "答复里含有手机号或身份证号，请删去",
    "closing_kind": "承办单位不能选择这种办结类型",
    "rated": "市民已经评价",
    "quiet": "现在是免打扰时段",
    "attempts": "回访次数已用完",
    "not_dissatisfied": "市民没有表示不满意",
    "not_automatic": "按规则不自动重办",
    "redo_limit": "重办次数已到上限，须由热线负责人决定",
    "cause": "原因与此项办理不符",
    "safety": "涉及公共安全，不能撤回",
    "report": "举报已进入核查，不能撤回",
    "window": "已过可办理的期限",
    "no_unit": "工单没有承办单位",
    "interval": "今天已经催办过",
    "not_higher": "紧急程度只能提升",
}
_FIELDS: Mapping[str, str] = {"missing": "缺少必填项", "invalid": "填写有误", "unknown": "多余的内容"}
_NAMES: Mapping[str, str] = {
    "lead": "承办单位",
    "public_reply": "答复内容",
    "closing_kind": "办结类型",
    "text": "内容",
    "fault": "退回原因",
    "cause": "原因",
    "waiver": "免回访原因",
    "urgency": "紧急程度",
    "satisfaction": "满意度",
}


def refusal(refused: NotAllowed) -> str:
    """Why an order was refused, as a sentence."""
    kind, _, name = refused.reason.partition(":")
    why = f"{_FIELDS[kind]}:{_NAMES.get(name, name)}" if name and kind in _FIELDS else _REFUSALS.get(kind, kind)
    return f"不能“{COMMANDS[refused.command]}”：{why}。"


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
