"""Why a message took the way it took, or none: a code in the row, a sentence for the operator."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Why(StrEnum):
    """The values of ``outbox.why``."""

    FREE = "free"
    IN_WINDOW = "in_window"
    LAST_OF_WINDOW = "last_of_window"
    SUBSCRIBED = "subscribed"
    TEMPLATE = "template"
    PHONE = "phone"
    OTHER_CHANNEL = "other_channel"
    ONLY_HERE = "only_here"
    CALL = "call"
    AGENT_HOLDS = "agent_holds"
    OPTED_OUT = "opted_out"
    LEFT = "left"
    RESERVE_KEPT = "reserve_kept"
    NO_WAY = "no_way"
    QUIET_HOURS = "quiet_hours"
    UNCONFIRMED = "unconfirmed"
    REFUSED = "refused"
    WORN_OUT = "worn_out"
    REPORTED_FAILED = "reported_failed"
    RESENT = "resent"
    RETRY = "retry"
    ACCOUNT_RESTS = "account_rests"
    PASSIVE = "passive"
    AT_HOME = "at_home"
    INLINE_FAILED = "inline_failed"
    INLINE_UNCONFIRMED = "inline_unconfirmed"


READING: Mapping[Why, str] = {
    Why.FREE: "该渠道可随时发送 (the channel may be written to at any time)",
    Why.IN_WINDOW: "在回复窗口内发送 (inside the reply window)",
    Why.LAST_OF_WINDOW: "办理结果别无他途,用掉窗口内最后一条 (a result with no other way took the last of the window)",
    Why.SUBSCRIBED: "市民已授权,发送订阅通知 (the citizen gave leave for this template)",
    Why.TEMPLATE: "窗口外或须留余量,改用模板消息 (a registered template: window shut, or its last messages kept)",
    Why.PHONE: "改发短信至已核验手机号 (text message to the verified phone)",
    Why.OTHER_CHANNEL: "改由市民已绑定的其他渠道发送 (sent on another channel he proved to be on)",
    Why.ONLY_HERE: "市民要求只在此渠道回复,此处暂无法送达 (he wants to hear from us only here, and here it cannot go)",
    Why.CALL: "无法送达,已转人工电话任务 (no way to send: an agent is asked to call)",
    Why.AGENT_HOLDS: "坐席接管中,机器人不再插话 (an agent holds the conversation: the bot keeps silent)",
    Why.OPTED_OUT: "市民已退订通知 (the citizen refuses notices here)",
    Why.LEFT: "市民已取消关注或屏蔽,此处无法送达 (he left or blocked the account: nothing reaches him here)",
    Why.RESERVE_KEPT: "窗口余量留给坐席和办理结果 (the last of the window are kept for a person and the result)",
    Why.NO_WAY: "没有可用的发送途径 (no way to send it)",
    Why.QUIET_HOURS: "免打扰时段,顺延至早晨 (quiet hours: waits for the morning)",
    Why.UNCONFIRMED: "已发出但未获回执,可能已送达,请人工确认 (it left, no answer came: a person decides)",
    Why.REFUSED: "服务商永久拒绝 (the provider refused it for good)",
    Why.WORN_OUT: "多次重试仍失败 (every try failed)",
    Why.REPORTED_FAILED: "服务商回执:投递失败 (the provider reported that it was not delivered)",
    Why.RESENT: "人工要求重发 (sent again on a person's order)",
    Why.RETRY: "暂时失败,等待重试 (failed for now, waits for another try)",
    Why.ACCOUNT_RESTS: "该账号暂停发送 (the account rests)",
    Why.PASSIVE: "随市民来信的响应送出 (in the response to the citizen's own message)",
    Why.AT_HOME: "本平台页面直接可见 (read from our own store)",
    Why.INLINE_FAILED: "未能随响应送出,改为主动发送 (not carried by the response: sent by itself)",
    Why.INLINE_UNCONFIRMED: "随响应送出但未确认,请人工确认 (perhaps carried by the response: a person decides)",
}
"""Chinese first, then English; every code has one."""
