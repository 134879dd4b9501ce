"""The telephone's words at the desk: phases of a call, three-way calls, and why something could not be done."""

from __future__ import annotations

from collections.abc import Mapping

from bot.orders.calls import CallRefused
from bot.phone.unit_calls import CannotCall
from channels.calls import CallEvent, Phase
from channels.errors import Credential, SendError
from channels.three_way import Happening, Outcome, Stage
from tickets.scrub import ends

PHASES: Mapping[str, str] = {
    Phase.QUEUED: "排队中",
    Phase.RINGING: "来电振铃",
    Phase.TALKING: "通话中",
    Phase.ENDED: "已挂断",
}
DOING: Mapping[str, str] = {
    CallEvent.HELD: "通话保持",
    CallEvent.TRANSFERRED: "已转接",
    CallEvent.CONFERENCE: "多方通话中",
}
STAGES: Mapping[str, str] = {
    Stage.CALLING: "正在呼叫单位，市民正在等候",
    Stage.CONSULTING: "正与单位通话，市民正在等候、听不到你们",
    Stage.JOINED: "三方通话中",
    Stage.LEFT: "您已退出，市民与单位通话中",
    Stage.WITHOUT_CITIZEN: "市民已挂机，您与单位通话中",
    Stage.ENDED: "已结束",
}
OUTCOMES: Mapping[str, str] = {
    Outcome.NOBODY: "单位未接通",
    Outcome.CALLED_OFF: "已取消呼叫",
    Outcome.CONSULTED: "已咨询单位",
    Outcome.JOINED: "已三方通话",
    Outcome.CITIZEN_LEFT: "市民挂机",
    Outcome.AGENT_LOST: "坐席断线，市民已回到队列",
}
BUTTONS: Mapping[str, str] = {
    Happening.JOIN: "接入市民，三方通话",
    Happening.LEAVE: "我退出，市民与单位继续",
    Happening.CALL_OFF: "挂断单位",
}
DEEDS: Mapping[str, str] = {"opened": "登记工单", "supplemented": "补充", "urged": "催办"}
_REASONS: Mapping[str, str] = {
    "no_switch": "本分机的话务平台不支持从工作台控制，请在话机上操作。",
    "not_yours": "这个电话不在您的分机上。",
    "not_talking": "现在没有接通的通话。",
    "no_number": "没有可拨打的号码。",
    "under_way": "已经在呼叫一个单位。",
    "not_now": "这一步已经过去，请看当前状态。",
}


def caller(number: str | None) -> str:
    """A caller's number by its ends; what he hides is said so."""
    return ends(number) if number else "未显示号码"


def refused(why: CallRefused) -> str:
    """Why a call to make is not his."""
    if why.reason == "not_taken":
        return "这个电话不在您手中，请先领取。"
    return f"这个电话已由{why.holder}领取。" if why.holder else "现在不是拨打这个电话的时间。"


def not_dialled(why: CannotCall | SendError) -> str:
    """Why nothing rings."""
    if isinstance(why, CannotCall):
        return _REASONS[why.reason]
    if isinstance(why, Credential):
        return "话务平台拒绝了中枢的账号，请联系系统管理员。"
    return "话务平台没有响应，请在话机上操作。"
