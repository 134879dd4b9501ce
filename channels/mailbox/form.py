"""What the letter form asks, what it refuses, and the letter it becomes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from channels.adapter import StoredFile
from channels.mailbox.headers import address
from channels.mailbox.intake import Upload
from channels.mailbox.settings import Form
from channels.mailbox.written import FIELDS, Written
from channels.message import Address, Attachment, Inbound, Kind, Letter, kind_of_file

SORTS: Mapping[str, str] = {"consult": "咨询", "complaint": "投诉", "suggest": "建议", "help": "求助"}
"""The four letter types of domain.md S34."""
_PHONE = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}")
_NAME = re.compile(r"[\u3400-\u9fffA-Za-z·• .'-]{2,40}")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


def problems(given: Written, uploads: Sequence[Upload], form: Form) -> dict[str, str]:
    """Field -> what to mend, in the citizen's words; empty where the letter can be sent."""
    found: dict[str, str] = {}
    if given.sort not in SORTS:
        found["sort"] = "请选择来信类型。"
    if not form.title_least <= len(given.title) <= form.title_most:
        found["title"] = f"标题请写{form.title_least}到{form.title_most}个字，现在是{len(given.title)}个字。"
    if not given.body:
        found["body"] = "请写下来信内容。"
    elif len(given.body) > form.body_most:
        found["body"] = f"内容最多{form.body_most}个字，现在是{len(given.body)}个字。"
    if not _NAME.fullmatch(given.name):
        found["name"] = "请填写真实姓名。"
    if not _PHONE.fullmatch(given.phone):
        found["phone"] = "请填写手机号，或带区号的固定电话。"
    if given.mail and (address(given.mail) == "" or len(given.mail) > 100 or not given.mail.isascii()):
        found["mail"] = "邮箱地址不正确；没有邮箱可以不填。"
    if not _KEY.fullmatch(given.key):
        found[""] = "页面已过期，请再次点击“提交来信”。"
    if len(uploads) > form.files_most:
        found["files"] = f"附件最多{form.files_most}个。"
    elif refused := [one.problem for one in uploads if one.problem]:
        found["files"] = refused[0]
    return found


def inbound(given: Written, *, account: str, now: datetime, files: Sequence[StoredFile] = ()) -> Inbound:
    """The letter. Who gave a mail address is answered there; who gave none reads the answer by number and code."""
    # A conversation of its own: a form proves nobody, and must not join the letters of whoever owns a phone number.
    peer = address(given.mail) or f"form-{given.key}"
    return Inbound(
        address=Address("mailbox", account, peer),
        id=f"form:{given.key}",
        sent_at=now,
        kind=Kind.TEXT,
        text=given.body + ("\n（要求保密）" if given.secret else ""),
        attachments=tuple(_attachment(one) for one in files),
        letter=Letter(title=given.title, sort=given.sort, name=given.name, contact=given.phone),
        digest=digest(given),
    )


def digest(given: Written) -> str:
    """A fingerprint of what was written."""
    words = [getattr(given, name) for name in FIELDS]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def _attachment(one: StoredFile) -> Attachment:
    kind = kind_of_file(one.media_type)
    return Attachment(ref=one.id, kind=kind, media_type=one.media_type, size=one.size, stored=one.id)
