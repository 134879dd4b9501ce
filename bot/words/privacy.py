"""The Chinese words of privacy at the desk: fields, purposes, deeds, and why something was not shown."""

from __future__ import annotations

from collections.abc import Mapping

from bot.citizens.own_data import Refused
from tickets.privacy.access import FieldClass
from tickets.privacy.revealing import Denied, Purpose

FIELDS: Mapping[str, str] = {FieldClass.CONTACT: "联系电话", FieldClass.IDENTITY: "姓名、证件和住址"}
PURPOSES: Mapping[str, str] = {
    Purpose.CALL: "电话联系市民",
    Purpose.VERIFY: "核实反映的情况",
    Purpose.LAW: "依法核验身份",
    Purpose.CALLBACK: "电话回访",
}
LIFE: Mapping[str, str] = {Purpose.LIFE: "危及生命，立即查看"}
DEEDS: Mapping[str, str] = {
    "login": "登录",
    "logout": "退出",
    "refused": "登录被拒",
    "phone": "领取回访或回电",
    "recording": "收听通话录音",
    "officer": "账号变更",
    "reveal": "申请查看",
    "break_glass": "紧急查看",
    "agree": "同意查看",
    "disagree": "不同意查看",
    "review": "复核紧急查看",
    "read": "查看个人信息",
    "alarm": "频繁查看告警",
    "export": "导出个人信息",
    "erase": "删除个人信息",
}
_DENIED: Mapping[str, str] = {
    "rights": "您的岗位或您与这张工单的关系不允许这样做。",
    "known": "您已经可以看到。",
    "reason": "请写明理由。",
    "same_person": "须由另一人办理。",
    "over": "已经有人处理过。",
    "not_reviewer": "只有审计员可以复核。",
}
_REFUSED: Mapping[str, str] = {
    "open": "还有正在办理的工单，办结后才能删除：{numbers}。",
    "referred": "已移交纪检监察机关的案卷依法保存：{numbers}。",
    "unsent": "还有消息正在发送，请稍后再试。",
}


def denied(one: Denied) -> str:
    """Why it is not shown, as a sentence."""
    return _DENIED[one.reason]


def refused(one: Refused) -> str:
    """Why it was not erased, as a sentence."""
    told = _REFUSED.get(one.reason) or _DENIED[one.reason]
    return told.format(numbers="、".join(one.numbers))
