"""Writes our words in WeChat's forms: the reply in the response, the customer-service message, the template."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from channels.capabilities import Choices, Route
from channels.errors import Never
from channels.fit import fit
from channels.message import Notice, Outbound, Say
from channels.wechat.capabilities import CAPABILITIES
from channels.wechat.settings import PLACEHOLDER, Template
from channels.wechat.values import value_of

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


def transfer(*, to: str, sender: str, created: int, kf_account: str) -> bytes:
    """The response that gives the message's sender to WeChat's own desk, to ``kf_account`` where one is named."""
    whom = f"<TransInfo><KfAccount>{_cdata(kf_account)}</KfAccount></TransInfo>" if kf_account else ""
    return (
        f"<xml><ToUserName>{_cdata(to)}</ToUserName><FromUserName>{_cdata(sender)}</FromUserName>"
        f"<CreateTime>{created}</CreateTime><MsgType><![CDATA[transfer_customer_service]]></MsgType>{whom}</xml>"
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


def _fill(pattern: str, params: Mapping[str, str], *, write: Callable[[str], str] = str) -> str:
    """``pattern`` with each ``{name}`` replaced by what ``write`` makes of that parameter."""
    try:
        return PLACEHOLDER.sub(lambda found: write(params[found[1]]), pattern)
    except KeyError as lack:
        raise Never(f"the template wants {{{lack.args[0]}}}, which this notice does not have") from None


def _escaped(value: str) -> str:
    return quote(value, safe="")


def template_message(out: Outbound, templates: Mapping[str, Sequence[Template]]) -> tuple[str, dict[str, Any]]:
    """The API path and the body that carry a notice by ``out.route``, as its template of that kind. Raises
    :class:`Never`, :class:`WindowClosed` where the notice does not fit its fields."""
    if isinstance(out.body, Say):
        raise Never("free words cannot be sent as a template")
    kind, form = _FORMS[out.route]
    template = next((one for one in templates.get(out.body.key, ()) if one.id and one.kind == kind), None)
    if template is None:
        raise Never(f"templates.{out.body.key}: no template id of kind {kind!r} is configured")
    return form(out, out.body, template)


def _message(out: Outbound, notice: Notice, template: Template) -> dict[str, Any]:
    values = {
        key: {"value": value_of(key, clean(_fill(words, notice.params)))} for key, words in template.fields.items()
    }
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


_FORMS = MappingProxyType(
    {Route.TEMPLATE.value: ("template", _template), Route.SUBSCRIPTION.value: ("subscribe", _subscription)}
)
