"""A mail as it lies in the mailbox, read into a citizen's letter, a machine's mail, or receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from channels.mailbox import files, quotes, threads
from channels.mailbox.bounces import receipts
from channels.mailbox.headers import address, date, display_name, ids
from channels.mailbox.machines import machine
from channels.mailbox.parts import Opened, open_mail
from channels.message import Address, Attachment, Batch, Inbound, Kind, Letter, Trigger

TEXT = 20_000
"""Characters of a letter's words and of the letter it quotes that are kept as text. Far more than anybody writes."""
TITLE = 200
NOBODY = "nobody@invalid"
"""Whose mail it is where no sender can be read, or one longer than the store takes (RFC 2606: this is no address)."""
_LONGEST_PEER = 128
_UNREADABLE = "unreadable.eml"


@dataclass(frozen=True)
class Reader:
    """Reads the mails of one account. ``aliases`` are further addresses of ours, ``file_bytes`` the largest file kept."""

    account: str
    address: str
    aliases: tuple[str, ...] = ()
    file_bytes: int = 20 * 1024 * 1024

    @cached_property
    def _own(self) -> frozenset[str]:
        return frozenset(one.lower() for one in (self.address, *self.aliases))

    def read(self, raw: bytes, *, at: datetime, size: int | None = None) -> Batch:
        """One mail; ``size`` is its whole size where only its beginning was fetched. Raises :class:`Malformed`."""
        opened = open_mail(raw)
        headers = opened.headers
        sender, subject = address(headers.raw("from")), headers.words("subject")[:TITLE]
        found = receipts(opened, account=self.account, address=self.address, sender=sender, subject=subject)
        if found is not None:
            return Batch(receipts=found, ignored=() if found else ("report without an end",))
        why = machine(headers, sender=sender, subject=subject, content_type=opened.content_type, own=self._own)
        if not sender or len(sender) > _LONGEST_PEER:
            sender, why = NOBODY, why or "no sender"
        return Batch((self._letter(opened, raw, sender=sender, title=subject, why=why, at=at, size=size),))

    def unreadable(self, raw: bytes, *, at: datetime) -> Inbound:
        """A mail nothing can be read of: kept whole for a person, so that it is not lost."""
        whole = Attachment("1", Kind.FILE, "message/rfc822", _UNREADABLE, len(raw), content=raw)
        return Inbound(
            address=Address("mailbox", self.account, NOBODY),
            id=f"sha256:{sha256(raw).hexdigest()[:32]}",
            sent_at=at,
            kind=Kind.AUTOMATIC,
            trigger=Trigger.NONE,
            attachments=(whole,),
            extra={"why": "unreadable"},
        )

    def _letter(
        self, opened: Opened, raw: bytes, *, sender: str, title: str, why: str, at: datetime, size: int | None
    ) -> Inbound:
        headers = opened.headers
        new, quoted = quotes.split(opened.words())
        sorted_ = files.sort(opened.files, most_bytes=self.file_bytes)
        extra: dict[str, str] = {"why": why} if why else {}
        extra |= {"quoted": quoted[:TEXT]} if quoted else {}
        extra |= {"files_refused": ", ".join(sorted_.refused)} if sorted_.refused else {}
        extra |= {"cut_at": str(len(raw)), "size": str(size)} if size and size > len(raw) else {}
        replies_to = (*ids(headers.raw("in-reply-to")), *reversed(ids(headers.raw("references"))))
        return Inbound(
            address=Address("mailbox", self.account, sender),
            id=_key(headers.raw("message-id"), raw, sender, title),
            sent_at=date(headers.raw("date"), otherwise=at),
            kind=Kind.AUTOMATIC if why else Kind.TEXT,
            trigger=Trigger.NONE if why else Trigger.MESSAGE,
            text=new[:TEXT],
            attachments=sorted_.kept,
            letter=Letter(
                title=title,
                name=display_name(headers.raw("from")),
                replies_to=threads.ours(dict.fromkeys(replies_to), address=self.address),
            ),
            extra=extra,
        )


def _key(message_id: str, raw: bytes, sender: str, title: str) -> str:
    """By what the mail is and says; the lines servers add on its way change nothing."""
    found = ids(message_id)
    body = raw.partition(b"\r\n\r\n")[2] or raw.partition(b"\n\n")[2]
    return threads.dedupe_key(found[0] if found else "", sender.encode(), title.encode(), body)
