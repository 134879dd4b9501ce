"""Reads what mail servers report of our mails (退信, 回执) and makes receipts of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from channels.mailbox.charsets import decode
from channels.mailbox.parts import Opened
from channels.mailbox.threads import ours_in
from channels.message import Receipt, Stage

# RFC 3464 §2.3.3; "delayed" and "expanded" say nothing final.
_ACTIONS = {"failed": Stage.FAILED, "delivered": Stage.DELIVERED, "relayed": Stage.DELIVERED}
_FIELD = re.compile(
    r"^(action|status|original-message-id|disposition)[ \t]*:[ \t]*(.+?)[ \t\r]*$", re.IGNORECASE | re.MULTILINE
)
_SENDERS = re.compile(r"^(?:mailer-daemon|postmaster|mail-?daemon|mdaemon)@", re.IGNORECASE)
_SUBJECT = re.compile(
    r"退信|退回|未送达|无法送达|投递失败|发送失败|undeliver|failure notice|mail delivery"
    r"|delivery (?:status|failure|has failed)|returned (?:mail|to sender)",
    re.IGNORECASE,
)
# RFC 3463: no such box, no such domain, the box moved away or is shut. A full box or a filter's opinion passes.
_NO_BOX = re.compile(r"^5\.(?:1\.[12346]|1\.10|2\.1|4\.4)(?!\d)")
_STATUS = re.compile(r"\b([45]\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class Report:
    """What a server says: how far the mail came (None: nothing final), and its code."""

    stage: Stage | None
    reason: str


def receipts(opened: Opened, *, account: str, address: str, sender: str, subject: str) -> tuple[Receipt, ...] | None:
    """The receipts in a report about mails of ours; None where this is no report, or not about one of ours."""
    report = _structured(opened) or _in_words(opened, sender=sender, subject=subject)
    if report is None:
        return None
    about = _about(opened, address=address)
    if not about:
        return None
    if report.stage is None:
        return ()
    gone = report.stage is Stage.FAILED and bool(_NO_BOX.match(report.reason))
    return (Receipt(account, about[0], report.stage, report.reason, gone=gone),)


def _structured(opened: Opened) -> Report | None:
    """RFC 3464 and RFC 8098."""
    for kind, content in opened.reports:
        fields = {name.lower(): value for name, value in _FIELD.findall(decode(content))}
        if kind == "message/delivery-status" and "action" in fields:
            stage = _ACTIONS.get(fields["action"].lower().partition(" ")[0])
            return Report(stage, fields.get("status", "")[:32])
        if kind == "message/disposition-notification" and "disposition" in fields:
            seen = "displayed" in fields["disposition"].lower()
            return Report(Stage.READ if seen else None, "mdn")
    return None


def _in_words(opened: Opened, *, sender: str, subject: str) -> Report | None:
    """A bounce only people can read: QQ's and NetEase's come as HTML with no report part."""
    if not (_SENDERS.match(sender) and _SUBJECT.search(subject)):
        return None
    found = _STATUS.search(opened.words(quoted=True))
    if found and found[1].startswith("4"):
        return Report(None, found[1])
    return Report(Stage.FAILED, found[1] if found else "bounced")


def _about(opened: Opened, *, address: str) -> tuple[str, ...]:
    """Our message the report is about: quoted in it, or answered by it."""
    return tuple(dict.fromkeys(one for text in _texts(opened) for one in ours_in(text, address=address)))


def _texts(opened: Opened) -> Iterator[str]:
    for _, content in opened.reports:
        yield decode(content[:200_000])
    yield from (opened.headers.raw(name) for name in ("in-reply-to", "references", "original-message-id"))
    yield opened.words(quoted=True)
    for file in opened.files:
        if file.declared.startswith(("message/", "text/")):
            yield decode(file.content[:200_000])
