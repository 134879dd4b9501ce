"""Which pages of the desk are open to which roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tickets.privacy.access import RIGHTS, FieldClass, Officer, Sight
from tickets.state import Role as R

ROOMS: Mapping[str, tuple[str, str, frozenset[R]]] = {
    "tickets": (
        "/desk",
        "工单",
        frozenset(role for role, rights in RIGHTS.items() if rights[FieldClass.MATTER][0] is not Sight.HIDDEN),
    ),
    "alarms": ("/desk/alarms", "告警", frozenset({R.AGENT, R.DISPATCHER, R.SUPERVISOR, R.OFFICE_LEADER})),
    "talks": ("/desk/talks", "会话", frozenset({R.AGENT, R.SUPERVISOR, R.OFFICE_LEADER})),
    "phone": ("/desk/phone", "话务", frozenset({R.AGENT, R.CALLBACK_OFFICER})),
    "calls": ("/desk/calls", "回电", frozenset({R.AGENT, R.CALLBACK_OFFICER})),
    "letters": ("/desk/letters", "未送达", frozenset({R.AGENT, R.SYSADMIN})),
    "alerts": ("/desk/alerts", "单位提醒", frozenset({R.UNIT, R.DISPATCHER, R.SUPERVISOR, R.OFFICE_LEADER})),
    "supervision": ("/desk/supervision", "督办", frozenset({R.UNIT, R.SUPERVISOR, R.OFFICE_LEADER})),
    "consultations": ("/desk/consultations", "会商", frozenset({R.DISPATCHER, R.PANELIST, R.OFFICE_LEADER})),
    "catalogue": ("/desk/catalogue", "派单目录", frozenset({R.DISPATCHER, R.SUPERVISOR, R.OFFICE_LEADER})),
    "matters": ("/desk/matters", "同类诉求", frozenset({R.AGENT, R.DISPATCHER, R.OFFICE_LEADER})),
    "callbacks": ("/desk/callbacks", "回访", frozenset({R.CALLBACK_OFFICER})),
    "triage": ("/desk/triage", "研判", frozenset({R.REVIEWER, R.OFFICE_LEADER})),
    "knowledge": ("/desk/knowledge", "知识库", frozenset({R.KB_EDITOR, R.REVIEWER, R.UNIT, R.AGENT, R.OFFICE_LEADER})),
    "experts": ("/desk/experts", "专家", frozenset({R.UNIT, R.AGENT})),
    "reveals": ("/desk/reveals", "查看申请", frozenset({R.SUPERVISOR, R.OFFICE_LEADER})),
    "requests": ("/desk/requests", "个人信息", frozenset({R.AGENT, R.OFFICE_LEADER})),
    "audit": ("/desk/audit", "审计", frozenset({R.AUDITOR})),
}
"""Name -> path, title, and who may enter. Speaking with citizens is the agents' alone (:data:`SPEAKERS`)."""
SPEAKERS = frozenset({R.AGENT})


def open_to(officer: Officer, room: str) -> bool:
    """Whether he may enter; every officer may enter where no room is named."""
    return not room or bool(ROOMS[room][2] & officer.roles)


def doors(officer: Officer) -> Iterator[tuple[str, str, str]]:
    """Name, path and title of every room he may enter."""
    return ((name, path, title) for name, (path, title, _) in ROOMS.items() if open_to(officer, name))
