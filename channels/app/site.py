"""The chat page a citizen opens at /chat: plain files, served with strict headers and the city's own words."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from types import MappingProxyType

from aiohttp import ETag, web

from channels.app.settings import Words

PATH = "/chat"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "
)
HEADERS = {
    "Content-Security-Policy": f"{_POLICY}'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Always asked for again, answered 304 while unchanged: an update reaches everybody with the next visit.
    "Cache-Control": "no-cache",
}
_NOTHING: Mapping[str, str] = MappingProxyType({})
_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
_EMERGENCY = '<a href="tel:$number" aria-label="拨打 $number $label"><b>$number</b> $label</a>'
_QUICK = '<button type="button" class="chip" data-say="$text">$label</button>'


class Site:
    """The page and its files for one account's words."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """GET /chat and GET /chat/<file>."""
        return [web.get(PATH, self.page), web.get(PATH + "/{name}", self.file)]

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The page itself."""
        return answer(request, self._html(), "text/html")

    def framed(self, request: web.Request, origins: Sequence[str]) -> web.StreamResponse:
        """The page inside a page of one of these origins; a browser shows it inside no other."""
        listed = " ".join(origins)
        html = self._html(f' data-embedded="{escape(listed)}"')
        return answer(request, html, "text/html", {"Content-Security-Policy": f"{_POLICY}{listed}"})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A style, module or icon of the page."""
        name = request.match_info["name"]
        if name not in _names():
            raise web.HTTPNotFound
        ending = name[name.rfind(".") :]
        return answer(request, _content(name), _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "text/plain")

    def _html(self, embedded: str = "") -> bytes:
        words = self._words
        texts = {name: escape(getattr(words, name)) for name in ("title", "subtitle", "greeting", "privacy")}
        texts["emergency"] = _each(_EMERGENCY, [number.model_dump() for number in words.emergency])
        texts["quick"] = _each(_QUICK, [button.model_dump() for button in words.quick])
        return Template(_content("index.html").decode()).substitute(texts, embedded=embedded).encode()


def _each(template: str, items: Sequence[dict[str, str]]) -> str:
    return "".join(Template(template).substitute({key: escape(value) for key, value in i.items()}) for i in items)


@cache
def _names() -> frozenset[str]:
    return frozenset(file.name for file in files("channels.app").joinpath("page").iterdir() if file.is_file())


@cache
def _content(name: str) -> bytes:
    return files("channels.app").joinpath("page", name).read_bytes()


def answer(
    request: web.Request, body: bytes, content_type: str, own: Mapping[str, str] = _NOTHING
) -> web.StreamResponse:
    """A file of ours, or that it is unchanged; ``own`` are headers laid over the usual ones."""
    tag, headers = ETag(hashlib.sha256(body).hexdigest()[:32]), HEADERS | dict(own)
    if tag in (request.if_none_match or ()):
        response = web.Response(status=304, headers=headers)
    else:
        response = web.Response(body=body, content_type=content_type, charset="utf-8", headers=headers)
    response.etag = tag
    return response
