"""Our words as a mail: who, to whom, the ticket's tail in the subject, and what tells other machines not to answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from channels.errors import Never, WindowClosed
from channels.mailbox.parse import NOBODY
from channels.mailbox.threads import answered, message_id, thread_id
from channels.message import Notice, Outbound

POLICY = SMTP.clone(cte_type="7bit")
_SUBJECTS: Mapping[str, str] = {
    "ticket.accepted": "已受理",
    "ticket.dispatched": "已转承办单位",
    "ticket.transferred": "承办单位变更",
    "ticket.signed": "承办单位已签收",
    "ticket.interim": "办理进展",
    "ticket.replied": "办理结果答复",
    "ticket.extended": "答复时间变更",
    "ticket.redo": "重新办理",
    "ticket.closed": "已办结",
    "ticket.refused": "未予受理",
    "survey.ask": "请您评价",
    "survey.remind": "请您评价",
}
_NUMBER = re.compile(r"(?<!\d)\d{9}(\d{4})(?!\d)")
_TAIL = re.compile(r"尾号\s?(\d{4})(?!\d)")
_BREAKS = re.compile(r"[\r\n\x00-\x1f\x7f]+")


def render(out: Outbound, *, address: str, name: str, secret: bytes, now: datetime) -> EmailMessage:
    """The mail for ``out``. Raises :class:`Never` or :class:`WindowClosed` where there is nobody to write to."""
    to = recipient(out)
    mail = EmailMessage(policy=POLICY)
    local, _, domain = address.rpartition("@")
    mail["From"] = MailAddress(_BREAKS.sub(" ", name), username=local, domain=domain)
    mail["To"] = to
    mail["Subject"] = subject(out)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(out.key, address=address, secret=secret)
    if parent := answered(out.in_reply_to):
        mail["In-Reply-To"] = mail["References"] = parent
    elif isinstance(out.body, Notice) and (number := out.body.params.get("number", "")):
        mail["References"] = thread_id(number, address=address)
    if automatic(out):
        mail["Auto-Submitted"] = "auto-replied" if out.in_reply_to else "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
    mail["X-Loop"] = address
    if isinstance(out.body, Notice):
        # RFC 2369: the "unsubscribe" of mail programs; the letter it writes is heard as 退订.
        mail["List-Unsubscribe"] = f"<mailto:{address}?subject=unsubscribe>"
    # Base64 survives every relay, and lines stay short.
    mail.set_content(words(out, signed=name or address), charset="utf-8", cte="base64")
    return mail


def recipient(out: Outbound) -> str:
    """The citizen's address. Raises where the conversation has none."""
    peer = out.address.peer
    if peer == NOBODY:
        raise Never("a mail without a sender cannot be answered")
    if "@" not in peer:
        raise WindowClosed("the letter came by the web form without a mail address")
    if not peer.isascii() or re.search(r"[\s<>,;:\"()\\]", peer):
        raise Never("the address cannot be written to", code="address")
    return peer


def automatic(out: Outbound) -> bool:
    """Whether a machine says it: a notice, or an answer to what came. A person's words are neither."""
    return isinstance(out.body, Notice) or bool(out.in_reply_to)


def subject(out: Outbound) -> str:
    """ "【工单尾号0217】办理结果答复": the tail is what a reply is recognised by when its headers are lost."""
    body = out.body
    number = body.params.get("number", "") if isinstance(body, Notice) else ""
    if number:
        tail = number[-4:]
    else:
        found = _TAIL.search(body.text) or _NUMBER.search(body.text)
        tail = found[1] if found else ""
    what = _SUBJECTS.get(body.key, "办理通知") if isinstance(body, Notice) else "来信答复"
    return f"【工单尾号{tail}】{what}" if tail else what


def words(out: Outbound, *, signed: str) -> str:
    """The text of the mail."""
    body = out.body
    text = body.text
    if isinstance(body, Notice) and (link := body.params.get("link", "")) and link not in text:
        text += f"\n\n您也可以点击链接办理：{link}"
    return f"{text}\n\n{signed}\n（直接回复本邮件即可与我们联系，请保留主题。）\n"
