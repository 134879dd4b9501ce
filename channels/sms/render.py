"""Our words as a registered template and its variables: the only way an SMS may leave over HTTP."""

from __future__ import annotations

from collections.abc import Mapping

from channels.capabilities import Route, Unit
from channels.errors import Never
from channels.fit import length, shorten
from channels.message import Notice, Outbound
from channels.sms.provider import Message
from channels.sms.settings import REPLY, WORDS, Template


def render(out: Outbound, templates: Mapping[str, Template]) -> Message:
    """The template for ``out`` and its variables. Raises :class:`Never` where there is none, or where it cannot be
    filled.

    By route TEMPLATE a notice takes its own template; its variables are shortened to the provider's limit. Any other
    route carries free words in the template "reply": cut in the middle they might say something else, so words
    longer than its variable are refused.
    """
    body = out.body
    params = {WORDS: body.text}
    if out.route == Route.TEMPLATE and isinstance(body, Notice):
        key, params = body.key, {**params, **body.params}
    else:
        key = REPLY
    template = templates.get(key)
    if template is None or not template.id:
        raise Never(f"templates.{key}: no template id is configured, and an SMS can carry no other words")
    variables = {name: _value(params, param, key, template.limit) for name, param in template.params.items()}
    return Message(key=out.key, phone=out.address.peer, template=template.id, variables=variables)


def _value(params: Mapping[str, str], param: str, key: str, limit: int) -> str:
    value = " ".join(params.get(param, "").split())  # a line break is refused in a variable
    if not value:
        raise Never(f'templates.{key}: the message has no "{param}" to fill it with')
    if param == WORDS and length(value, Unit.CHARACTERS) > limit:
        raise Never(f"templates.{key}: the words are longer than the {limit} characters of its variable")
    return shorten(value, limit=limit, unit=Unit.CHARACTERS)
