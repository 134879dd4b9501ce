"""Says of a message of ours why it went the way it went, in words for an officer; never what it said, nor to whom in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.accounts import Accounts
from bot.clock import CITY_TIME
from bot.outbox.letter import Row, letters, peer_of
from bot.outbox.why import READING, Why
from bot.store.engine import Database
from bot.store.tables import call_task, outbox
from tickets.number import valid
from tickets.scrub import ends

_STATES: Mapping[str, str] = {
    "queued": "排队中 (queued)",
    "leased": "发送中 (on its way)",
    "offered": "随响应送出,待确认 (offered in a response)",
    "sent": "已发出 (sent)",
    "held": "待人工确认 (held: a person decides)",
    "dead": "未送出,待人工处理 (not sent: a person decides)",
    "cancelled": "未发送 (not sent)",
}
_STEPS: Mapping[str, str] = {
    "send": "发送 (send)",
    "readdress": "改道 (readdressed)",
    "call": "转人工电话 (a call)",
    "cancel": "不发 (not sent)",
    "dead": "转人工处理 (to a person)",
    "wait": "顺延 (waits)",
}
_ROUTES: Mapping[str, str] = {
    "inline": "随响应 (in the response)",
    "direct": "直接 (direct)",
    "template": "模板 (template)",
    "subscription": "订阅 (subscription)",
    "call": "人工电话 (call)",
    "": "—",
}
_STAGES: Mapping[str, str] = {
    "accepted": "服务商已接收 (accepted)",
    "delivered": "已送达 (delivered)",
    "read": "已读 (read)",
    "failed": "投递失败 (failed)",
    "": "无 (none)",
}
_SENDERS: Mapping[str, str] = {"bot": "机器人答复 (the bot)", "agent": "坐席 (an agent)", "system": "系统 (the system)"}
_ELSEWHERE: Mapping[bool | None, str] = {
    True: "可用其他渠道 (other channels allowed)",
    False: "只在此处 (only here)",
    None: "未询问 (not asked)",
}


async def explain(database: Database, accounts: Accounts, asked: str) -> list[str]:
    """Of every message about the ticket ``asked``, or of the one message of that id, its lines. Raises LookupError."""
    which = outbox.c.ticket == asked if valid(asked) else outbox.c.id == _id(asked)
    async with database.read() as connection:
        rows = (await connection.execute(letters(accounts).where(which).order_by(outbox.c.id))).mappings().all()
        ids = [row["id"] for row in rows]
        done = select(call_task.c.outbox_id, call_task.c.done_at).where(call_task.c.outbox_id.in_(ids))
        calls = {outbox_id: at for outbox_id, at in await connection.execute(done)}
    if not rows:
        raise LookupError(f"没有关于 {asked} 的消息 (there is no message of ours about this ticket or with this id)")
    return [line for row in rows for line in _of(row, calls)]


def _id(asked: str) -> int:
    if not asked.isascii() or not asked.isdigit() or len(asked) > 18:
        raise LookupError(f"{asked} 不是工单号或消息编号 (is no ticket number and no message id)")
    return int(asked)


def _of(row: Row, calls: Mapping[int, datetime | None]) -> Iterator[str]:
    body = row["body"]
    what = body.get("notice") or _SENDERS[row["sender"]]
    ticket = f"  工单 {row['ticket']}" if row["ticket"] else ""
    yield f"消息 {row['id']}  {_at(row['created_at'])}  {what}{ticket}  {_STATES[row['state']]}"
    yield f"  去向 to: {row['channel']}/{row['account']} {ends(peer_of(row))}  途径 route: {_ROUTES[row['route']]}"
    yield f"  原因 why: {_reading(row['why'])}"
    yield f"  尝试 tries: {row['attempts']}{_error(row['error_class'], row['error_code'])}"
    sent = f"  发出 sent: {_at(row['sent_at'])}" if row["sent_at"] else ""
    waits = f"  不早于 not before: {_at(row['not_before'])}" if row["state"] == "queued" else ""
    receipt = f"{_STAGES[row['stage']]} {_at(row['stage_at']) if row['stage_at'] else ''}".rstrip()
    yield f"  回执 receipt: {receipt}{sent}{waits}"
    if row["id"] in calls:
        made = calls[row["id"]]
        yield f"  电话任务 call task: {'已完成 done ' + _at(made) if made else '待办 open'}"
    yield from _plans(row["plans"])


def _plans(plans: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What the planner decided each time it looked, and on what grounds."""
    for one in plans:
        until = f"至 until {_at(datetime.fromisoformat(one['until']))}" if "until" in one else "未开 shut"
        grounds = [f"窗口余 left {one.get('left', 0)} {until}"]
        grounds += ["已退订 opted out"] if one.get("opted_out") else []
        grounds += ["已取消关注 left us"] if one.get("unreachable") else []
        grounds += [_ELSEWHERE[one["elsewhere"]]]
        grounds += [f"前次 before {one['error']} {one.get('code', '')}".rstrip()] if one.get("error") else []
        when, step = _at(datetime.fromisoformat(one["at"])), _STEPS.get(one["step"], one["step"])
        yield f"    {when}  {one['channel']}  {step}: {_reading(one['why'])}  [{'; '.join(grounds)}]"


def _reading(why: str) -> str:
    return READING[Why(why)] if why in set(Why) else why or "—"


def _error(name: str, code: str) -> str:
    return f"  最近错误 last error: {name} {code}".rstrip() if name else ""


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(CITY_TIME):%Y-%m-%d %H:%M:%S}"
