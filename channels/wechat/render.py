"""Writes our words in WeChat's forms: the reply in the response, the customer-service message, the template."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from channels.capabilities import Choices
from channels.errors import Never
from channels.fit import fit
from channels.message import Notice, Outbound, Say
from channels.wechat.capabilities import CAPABILITIES
from channels.wechat.settings import PLACEHOLDER, Template

_AS_TEXT = replace(CAPABILITIES, choices=Choices.TEXT)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
"""What XML cannot carry."""


def clean(text: str) -> str:
    """Without the characters XML cannot carry."""
    return _CONTROL.sub("", text)


def as_text(body: Say | Notice) -> str:
    """The words with their choices listed below, at most 2,048 UTF-8 bytes."""
    return clean(fit(body, _AS_TEXT).text)


def _cdata(text: str) -> str:
    """``]]>`` would end the section and let a citizen's words become elements: it is split over two sections."""
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def passive_reply(*, to: str, sender: str, created: int, text: str) -> bytes:
    """A text reply for the response to the citizen's own message; ``created`` in seconds since 1970."""
    return (
        f"<xml><ToUserName>{_cdata(to)}</ToUserName><FromUserName>{_cdata(sender)}</FromUserName>"
        f"<CreateTime>{created}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{_cdata(text)}</Content></xml>"
    ).encode()


def envelope(*, sealed: str, signature: str, timestamp: str, nonce: str) -> bytes:
    """The sealed reply as WeChat reads it."""
    return (
        f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{_cdata(nonce)}</Nonce></xml>"
    ).encode()


def plain_message(out: Outbound) -> dict[str, Any]:
    """A customer-service text; choices are listed to be typed."""
    text = as_text(out.body)
    if not text.strip():
        raise Never("the message has no text")
    return {"touser": out.address.peer, "msgtype": "text", "text": {"content": text}}


def direct_message(out: Outbound) -> dict[str, Any]:
    """A customer-service message: a menu to tap where there are choices, else a text."""
    if not out.body.choices:
        return plain_message(out)
    menu = {
        "head_content": clean(out.body.text),
        "list": [{"id": choice.id, "content": clean(choice.label)} for choice in out.body.choices],
        "tail_content": "",
    }
    return {"touser": out.address.peer, "msgtype": "msgmenu", "msgmenu": menu}


_LONGEST: Mapping[str, int] = MappingProxyType(
    {
        "thing": 20,
        "number": 32,
        "letter": 32,
        "symbol": 5,
        "character_string": 32,
        "phone_number": 17,
        "car_number": 8,
        "phrase": 5,
        "name": 10,
    }
)
"""Characters a value may have, by the letters its key begins with; other keys (time, amount, keyword) keep theirs."""
_CHINESE_KINDS = ("thing", "phrase", "name")


def _value(key: str, text: str) -> str:
    """``text`` as the template's field ``key`` takes it: one line, not empty, not too long (else error 47003)."""
    kind = key.rstrip("0123456789")
    line = " ".join(clean(text).split()) or ("无" if kind in _CHINESE_KINDS else "-")
    longest = _LONGEST.get(kind, len(line))
    if len(line) <= longest:
        return line
    return line[: longest - 1] + "…" if kind == "thing" else line[:longest]


def _fill(pattern: str, params: Mapping[str, str], *, write: Callable[[str], str] = str) -> str:
    """``pattern`` with each ``{name}`` replaced by what ``write`` makes of that parameter."""
    try:
        return PLACEHOLDER.sub(lambda found: write(params[found[1]]), pattern)
    except KeyError as lack:
        raise Never(f"the template wants {{{lack.args[0]}}}, which this notice does not have") from None


def _escaped(value: str) -> str:
    return quote(value, safe="")


def template_message(out: Outbound, templates: Mapping[str, Template]) -> tuple[str, dict[str, Any]]:
    """The API path and the body that carry a notice as its registered template. Raises :class:`Never`."""
    if isinstance(out.body, Say):
        raise Never("free words cannot be sent as a template")
    template = templates.get(out.body.key)
    if template is None or not template.id:
        raise Never(f"templates.{out.body.key}: no template id is configured")
    return _FORMS[template.kind](out, out.body, template)


def _message(out: Outbound, notice: Notice, template: Template) -> dict[str, Any]:
    values = {key: {"value": _value(key, _fill(words, notice.params))} for key, words in template.fields.items()}
    return {"touser": out.address.peer, "template_id": template.id, "data": values}


def _template(out: Outbound, notice: Notice, template: Template) -> tuple[str, dict[str, Any]]:
    body = _message(out, notice, template) | {"client_msg_id": out.key}
    if template.url:
        body["url"] = _fill(template.url, notice.params, write=_escaped)
    return "/cgi-bin/message/template/send", body


def _subscription(out: Outbound, notice: Notice, template: Template) -> tuple[str, dict[str, Any]]:
    body = _message(out, notice, template)
    if template.page:
        body["page"] = _fill(template.page, notice.params, write=_escaped)
    return "/cgi-bin/message/subscribe/bizsend", body


_FORMS = MappingProxyType({"template": _template, "subscribe": _subscription})
