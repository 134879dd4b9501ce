"""The Chinese words of alerts: what each tells an officer, and which are grave enough to reach his phone."""

from __future__ import annotations

from collections.abc import Mapping

from tickets.orders import Post

POSTS: Mapping[str, str] = {
    Post.LIAISON: "联络员",
    Post.DEPUTY_HEAD: "分管负责人",
    Post.HEAD: "主要负责人",
    Post.OFFICE: "热线负责人",
    Post.INSPECTION: "督查室",
}
WORDS: Mapping[str, str] = {
    "unit.dispatched": "新工单待签收，请按时签收并联系市民。",
    "unit.not_signed": "未按时签收，已自动签收，记入签收超时。",
    "unit.return_rejected": "退单申请未获同意，请继续办理，不能再退单。",
    "unit.helps": "请协助主办单位办理。",
    "unit.helped": "协办单位已提交协办结果。",
    "unit.help_overdue": "协办超期，请督促尽快提交协办结果。",
    "unit.wait_no_longer": "协办单位超期，可先行提交答复。",
    "unit.reply_rejected": "答复审核未通过，请修改后重新提交。",
    "unit.redo": "市民不满意，已退回重新办理，请单位负责人过问。",
    "unit.repeat_cause": "市民反映同一问题仍未解决，已退回重新办理，请单位负责人过问并说明上次未解决的原因。",
    "unit.repeated": "又有市民反映同一问题，请查看并尽快办理。",
    "unit.withdrawn": "市民已撤回诉求。",
    "unit.supplement": "市民补充了情况，请查看。",
    "unit.urged": "市民催办，请尽快联系市民并告知进展。",
    "unit.urged_late": "已超过办理期限，市民再次催办，请单位负责人过问。",
    "unit.more_urgent": "紧急程度已提升，办理时限相应缩短。",
    "unit.silent": "连续多个工作日没有任何办理动作，请尽快办理并登记进展。",
    "office.escalated": "会商超期未定，已提请上一级会商。",
    "office.undecided": "申请超时未审批，请热线负责人审批。",
    "office.urged": "市民催办，目前没有承办单位在办，请热线负责人过问。",
    "office.follower_dissatisfied": "已并单的市民对办理结果不满意，请热线负责人过问。",
    "office.late_accept": "受理超时，请尽快受理。",
    "office.late_dispatch": "派单超时，请尽快派单。",
    "office.late_review": "审核超时，请尽快审核。",
    "supervision.L0": "系统提醒：办理时限已过半，请抓紧办理。",
    "supervision.L1": "黄牌：临近办理期限，尚未提交答复。",
    "supervision.contact_missed": "黄牌：未按时首次联系市民。",
    "supervision.interim_missed": "黄牌：未按时中途汇报。",
    "supervision.L2": "红牌：已超过办理期限，请单位负责人督促尽快答复市民。",
    "supervision.L3": "书面督办，请在规定时间内书面回复。",
    "supervision.plan_missed": "挂账计划逾期，书面督办，请说明情况。",
    "supervision.L4": "联合督办，请主要负责人组织办理并书面回复。",
    "supervision.L5": "通报督办，请主要负责人立即办理。",
    "supervision.unanswered": "督办逾期未回复，建议升级督办，由人工决定。",
}
GRAVE = frozenset(
    {
        "unit.not_signed",
        "unit.redo",
        "unit.repeat_cause",
        "unit.urged_late",
        "unit.more_urgent",
        "unit.silent",
        "supervision.L2",
        "supervision.L3",
        "supervision.plan_missed",
        "supervision.L4",
        "supervision.L5",
        "supervision.unanswered",
    }
)
"""These also leave as a text to the officer's phone, where the city has an account for it."""


def told(key: str, *, number: str, supervision: str = "", unit: str = "") -> str:
    """An alert in one line for a phone: numbers and the unit's name, never a citizen's words."""
    named = "".join((f"【{unit}】" if unit else "", f"工单{number}", f"，督办编号{supervision}" if supervision else ""))
    return f"{named}：{WORDS.get(key, '有新情况，请查看。')}"
