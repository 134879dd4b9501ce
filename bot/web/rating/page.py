"""The small page behind the link in a letter, ``/rate/<token>``: shown as often as anybody looks, rating once by its form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from aiohttp import web

from bot.orders.letter_ratings import LetterRatings, Stands
from bot.orders.rating_link import WRITTEN, Pass
from bot.services import Services
from bot.store.wording import storable
from bot.web.desk.gate import Throttle
from bot.web.desk.view import HEADERS, Pages
from dialog.flows.rate import GRADES, REASONS, SOLVED
from dialog.phrases import phrases
from tickets.number import tail
from tickets.orders import NotAllowed

FOLDER = Path(__file__).parent
LONGEST = 1000
"""Characters of a citizen's own words here."""
MINUTE = timedelta(minutes=1)
STATUS: Mapping[Stands, int] = {
    Stands.OPEN: 200,
    Stands.THANKS: 200,
    Stands.USED: 410,
    Stands.EXPIRED: 410,
    Stands.OVER: 410,
    Stands.UNKNOWN: 404,
}
_QUIET = HEADERS | {"X-Robots-Tag": "noindex"}


class Rating:
    """Looking (GET, HEAD) changes nothing, however many prefetchers look; only the form's POST rates."""

    def __init__(self, services: Services, ratings: LetterRatings) -> None:
        self._services = services
        self._ratings = ratings
        self._pages = Pages(FOLDER)
        # Guesses count by address; genuine links by themselves: thousands of citizens share one address.
        self._guesses = Throttle(tries=20, pause=MINUTE)
        self._links = Throttle(tries=30, pause=MINUTE)

    def routes(self) -> list[web.AbstractRouteDef]:
        """The page, its form, its look."""
        return [
            web.get(r"/rate/{token:" + WRITTEN + "}", self.show),
            web.post(r"/rate/{token:" + WRITTEN + "}", self.rate),
            web.get(r"/rate/{token:[^/]{1,200}}", self.stranger),
            web.static("/rate/static", FOLDER / "static"),
        ]

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The question, or why there is none."""
        stands, allowed = await self._ratings.look(request.match_info["token"])
        if self._too_often(request, allowed):
            return self._busy()
        return self._page(stands, allowed)

    async def rate(self, request: web.Request) -> web.StreamResponse:
        """What the citizen chose; once."""
        token = request.match_info["token"]
        allowed = self._ratings.links.read(token)
        if self._too_often(request, allowed):
            return self._busy()
        form = await request.post()
        said = {name: storable(str(form.get(name, ""))).strip() for name in ("solved", "satisfaction", "comment")}
        given: dict[str, object] = {name: value[:LONGEST] for name, value in said.items() if value}
        given["reasons"] = [str(one) for one in form.getall("reasons", [])]
        if said["satisfaction"] not in set(GRADES):
            stands, allowed = await self._ratings.look(token)
            problem = "请选择一项评价后再提交。" if stands is Stands.OPEN else ""
            return self._page(stands, allowed, problem=problem, given=given)
        try:
            stands = await self._ratings.rate(token, given)
        except NotAllowed:
            return self._page(Stands.OPEN, allowed, problem="填写有误，请核对后再提交。", given=given)
        return self._page(stands, allowed)

    async def stranger(self, request: web.Request) -> web.StreamResponse:
        """An address that cannot be one of ours."""
        return self._busy() if self._too_often(request, None) else self._page(Stands.UNKNOWN, None)

    def _too_often(self, request: web.Request, allowed: Pass | None) -> bool:
        now = self._services.now()
        throttle, name = (self._links, allowed.survey) if allowed else (self._guesses, request.remote or "")
        if throttle.blocked(name, now=now):
            return True
        throttle.wrong(name, now=now)
        return False

    def _busy(self) -> web.Response:
        response = self._pages.page("busy.html", status=429, hotline=self._services.city.talk.hotline)
        response.headers.update(_QUIET | {"Retry-After": "60"})
        return response

    def _page(
        self,
        stands: Stands,
        allowed: Pass | None,
        *,
        problem: str = "",
        given: Mapping[str, object] | None = None,
    ) -> web.Response:
        told = phrases("zh_CN")
        response = self._pages.page(
            "rate.html",
            status=400 if problem else STATUS[stands],
            stands=stands,
            hotline=self._services.city.talk.hotline,
            tail=tail(allowed.number) if allowed else "",
            solved={one: told(f"survey.solved.{one}") for one in SOLVED},
            grades={one: told(f"survey.grade.{one}") for one in GRADES},
            reasons={one: told(f"survey.reasons.{one}").lstrip("①②③④⑤⑥") for one in REASONS},
            problem=problem,
            given=given or {},
            longest=LONGEST,
        )
        response.headers.update(_QUIET)
        return response
