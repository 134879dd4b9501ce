"""The Chinese words of the desk: states, orders, choices and refusals, each code with its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from bot.clock import CITY_TIME
from bot.words import orders
from channels.message import Event
from tickets.appeal import AppealType, Cause, ClosingKind, Reason, Satisfaction, Solved, Urgency
from tickets.asking.phoning import PhoneReason
from tickets.command import Fault, ReturnReason, Waiver
from tickets.papers.assignment import AssignmentState
from tickets.papers.callback import Standing, Way
from tickets.papers.consultation import ConsultReason, Panel
from tickets.papers.request import RequestState
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
COMMANDS = orders.COMMANDS
refusal = orders.refusal
REOPENINGS: Mapping[str, str] = {"yes": "上次没有解决（重复诉求，退回原单位重办）", "": "其他原因（须在期限内）"}
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
GRADES: Mapping[str, str] = {code: name for code, name in SATISFACTIONS.items() if code != Satisfaction.UNREACHABLE}
RATING_REASONS: Mapping[str, str] = {
    Reason.NOT_CONTACTED: "没人联系",
    Reason.NOT_SOLVED: "问题没解决",
    Reason.NOT_TRUE: "答复与事实不符",
    Reason.ATTITUDE: "态度不好",
    Reason.POLICY: "对政策不认可",
    Reason.OTHER: "其他",
}
PHONE_REASONS: Mapping[str, str] = {
    PhoneReason.DRAWN: "随机抽样",
    PhoneReason.URGENT: "紧急事项",
    PhoneReason.REDO: "重办件",
    PhoneReason.UNSOLVED: "未解决件",
    PhoneReason.CHANNEL: "电话来访",
}
WAYS: Mapping[str, str] = {Way.MESSAGE: "市民留言", Way.PHONE: "电话回访"}
STANDINGS: Mapping[str, str] = {
    Standing.COUNTS: "计入",
    Standing.AGREES: "另一渠道回答一致",
    Standing.DIFFERS: "另一渠道回答不一致",
    Standing.CHANGE: "市民更改评价",
}
YES_NO: Mapping[str, str] = {"yes": "联系过", "no": "没有联系"}
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
"""What a dispatcher may ask a panel for; a unit's dispute is the fourth reason."""
PANEL_REASONS: Mapping[str, str] = {**CONSULTED_FOR, ConsultReason.DISPUTE: "单位提出派单异议"}
PANELS: Mapping[str, str] = {
    Panel.DISTRICT: "区县会商",
    Panel.CITY_OFFICE: "市热线办会商",
    Panel.STANDING_MEETING: "市政府常务会议",
}
PART_STATES: Mapping[str, str] = {
    AssignmentState.PENDING_SIGN: "待签收",
    AssignmentState.HANDLING: "办理中",
    AssignmentState.SUBMITTED: "已提交",
    AssignmentState.ACCEPTED: "已办结",
    AssignmentState.RETURNED: "已同意退单",
    AssignmentState.RELIEVED: "已改派",
}
DECISIONS: Mapping[str, str] = {
    RequestState.PENDING: "待审批",
    RequestState.APPROVED: "已同意",
    RequestState.REJECTED: "已驳回",
    RequestState.LAPSED: "已失效",
}
NOT_SIGNED: Mapping[str, str] = {
    "decided": "这一条已经审核过",
    "same_person": "提出人和参加会商的人不能审核，须由另一人审核",
    "nameless": "须由具名的工作人员办理",
    "no_such": "没有这一条",
}
"""Why a change of the dispatch catalogue was not signed."""
CONFIRMED: Mapping[str, str] = {"yes": "是"}
METHODS: Mapping[str, str] = {"phone": "电话", "visit": "上门", "message": "在线留言"}
STAGES: Mapping[str, str] = {"delivered": "已送达", "read": "已读"}
"""How far a message of ours got, where its channel says so and an officer wants to know."""
SENDERS: Mapping[str, str] = {"bot": "机器人", "agent": "坐席", "system": "系统通知"}
HANDOVERS: Mapping[str, str] = {"asked": "市民要求人工", "emergency": "紧急情况"}
EVENTS: Mapping[str, str] = {
    Event.FOLLOWED: "关注了账号",
    Event.UNFOLLOWED: "取消了关注",
    Event.MENU: "点击菜单",
    Event.SCANNED: "扫描二维码",
    Event.OPENED: "打开会话",
    Event.GRANTED: "同意接收订阅通知",
    Event.DECLINED: "未同意订阅通知",
    Event.REVOKED: "关闭了订阅通知",
    Event.GIVEN_BACK: "平台客服会话结束",
    Event.RATED: "提交评价",
    Event.OTHER: "其他操作",
}
"""What a citizen did without words."""
GATHERED: Mapping[str, str] = {
    "type": "类型",
    "category": "类别",
    "place": "地点",
    "occurred": "时间",
    "respondent": "对方",
    "wanted": "期望",
    "emotion": "情绪",
}
"""Names of what the bot had gathered when it handed over."""
EMOTIONS: Mapping[str, str] = {"2": "不满", "3": "激动", "4": "情绪失控"}
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
            told.append(f"{GATHERED[name]}：{EMOTIONS.get(value) or TYPES.get(value) or categories.get(value, value)}")
    return "\n".join(told)


def moment(at: datetime | None) -> str:
    """City time, to the minute."""
    return at.astimezone(CITY_TIME).strftime("%m月%d日 %H:%M") if at else "—"


def named(names: Mapping[str, str], code: StrEnum | str | None) -> str:
    """A code's name; a code without one is shown itself."""
    return "—" if code in (None, "") else names.get(str(code), str(code))


RESTING: Mapping[str, str] = {
    "Away": "连不上服务方",
    "Credential": "服务方拒绝了我们的账号凭证，请管理员处理",
    "Later": "服务方要求暂缓",
}
"""Why an account rests, by the class of the error; any other reason is the provider's own code."""
