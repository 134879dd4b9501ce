"""Messages: taken once, in order, read back, and refused with a reason that quotes nobody."""

from __future__ import annotations

import asyncio
import json
import uuid
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.app import parse
from channels.app.problems import Problem
from channels.message import Event, Kind, Stage
from tests.channels.app.conftest import API, arrive


async def test_a_message_is_taken_and_answered(citizen, house):
    key = str(uuid.uuid4())
    answer = await citizen.say("路灯不亮", key=key)
    taken = await answer.json()
    assert answer.status == 201
    assert (taken["seq"], taken["client_id"]) == (1, key)
    mine, reply = await citizen.read()
    assert (mine["who"], mine["text"], mine["client_id"]) == ("citizen", "路灯不亮", key)
    assert (reply["who"], reply["text"], reply["seq"]) == ("bot", "已收到：路灯不亮", 2)
    assert house.received[0].id == f"{house.peer.peer}:{key}"


async def test_the_same_key_and_words_give_the_same_result_once(citizen, house):
    key = str(uuid.uuid4())
    first = await citizen.send(b'{"type":"text","text":"\\u8def\\u706f"}', key=key)
    again = await citizen.send({"text": "路灯", "type": "text"}, key=key)
    assert (first.status, again.status) == (201, 200)
    assert await first.json() == await again.json()
    assert len(house.received) == 1


async def test_the_same_key_with_other_words_is_a_conflict(citizen, house):
    key = str(uuid.uuid4())
    await citizen.say("路灯", key=key)
    answer = await citizen.say("水管", key=key)
    assert (answer.status, (await answer.json())["code"]) == (409, "key_reused")
    assert len(house.received) == 1


async def test_two_citizens_may_use_the_same_key(client, house):
    key = str(uuid.uuid4())
    assert [(await (await arrive(client)).say("你好", key=key)).status for _ in range(2)] == [201, 201]


async def test_many_at_once_get_a_strict_order(citizen):
    taken = [await answer.json() for answer in await asyncio.gather(*(citizen.say(f"第{i}条") for i in range(12)))]
    assert len({one["seq"] for one in taken}) == 12
    lines = await citizen.read()
    assert [line["seq"] for line in lines] == list(range(1, 25))
    assert [line["seq"] for line in await citizen.read(after=20)] == [21, 22, 23, 24]
    assert [line["seq"] for line in await citizen.read(after=3, limit=2)] == [4, 5]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad_json"),
        (b"{", 400, "bad_json"),
        (b"\xff\xfe", 400, "bad_json"),
        (b'"text"', 400, "bad_message"),
        (b'{"type":"text"}', 400, "bad_message"),
        (b'{"type":"text","text":"  "}', 400, "bad_message"),
        (b'{"type":"text","text":"\\u0000"}', 400, "bad_message"),
        (b'{"type":"text","text":1}', 400, "bad_message"),
        (b'{"type":"text","text":"\\ud800"}', 400, "bad_json"),
        (b'{"type":"location","latitude":91,"longitude":0}', 400, "bad_message"),
        (b'{"type":"location","latitude":NaN,"longitude":0}', 400, "bad_message"),
        (b'{"type":"file","file_id":"f1"}', 422, "not_your_file"),
        (b'{"type":"dance"}', 400, "bad_message"),
        (b'{"type":"text","text":"' + b"x" * 4001 + b'"}', 413, "text_too_long"),
        (b'{"type":"text","text":"' + b"x" * 70_000 + b'"}', 413, "too_large"),
        (b"[" * 60_000, 400, "bad_json"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_a_reason(citizen, house, body, status, code):
    answer = await citizen.send(body)
    assert (answer.status, (await answer.json())["code"]) == (status, code)
    assert answer.content_type == "application/problem+json"
    assert not house.received


async def test_a_refusal_never_quotes_the_citizen(citizen):
    secret = "我的密码是天王盖地虎"
    for body in ({"type": secret}, {"type": "text", "text": 1, secret: secret}, {"type": "choice", "id": secret * 99}):
        answer = await citizen.send(body)
        assert answer.status == 400
        assert "天王" not in await answer.text()


async def test_four_thousand_characters_fit(citizen, house):
    assert (await citizen.say("龘" * 4000)).status == 201
    assert len(house.received[0].text) == 4000


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "带中文的键带中文的键", "with space in it"])
async def test_a_key_is_needed(client, citizen, key):
    headers = citizen.bearer | ({"Idempotency-Key": key} if key else {})
    answer = await client.post(f"{API}/messages", headers=headers, json={"type": "text", "text": "你好"})
    assert (answer.status, (await answer.json())["code"]) == (400, "bad_key")


async def test_each_kind_becomes_its_own_inbound(citizen, house):
    await citizen.send({"type": "location", "latitude": 36.6, "longitude": 117.0, "label": "明湖西路12号"})
    await citizen.send({"type": "choice", "id": "menu:report", "text": "反映问题"})
    await citizen.send({"type": "rating", "id": "survey:1:satisfaction:very"})
    await citizen.send({"type": "opened"})
    place, choice, rating, opened = house.received
    assert (place.kind, place.location.label, place.location.datum) == (Kind.LOCATION, "明湖西路12号", "wgs84")
    assert (choice.kind, choice.choice, choice.text) == (Kind.TEXT, "menu:report", "反映问题")
    assert (rating.event, rating.choice) == (Event.RATED, "survey:1:satisfaction:very")
    assert opened.event is Event.OPENED
    assert (await citizen.read())[0]["location"] == {"latitude": 36.6, "longitude": 117.0, "label": "明湖西路12号"}


async def test_choices_are_handed_out_with_their_ids(citizen):
    await citizen.say("菜单")
    assert (await citizen.read())[1]["choices"][0] == {"id": "menu:report", "label": "反映问题"}


async def test_too_fast_is_told_when_to_come_again(serve, house):
    client = await serve(limits={"messages_per_session": {"burst": 2, "per_second": 0.5}})
    citizen = await arrive(client)
    answers = [await citizen.say("快") for _ in range(3)]
    assert [answer.status for answer in answers] == [201, 201, 429]
    assert answers[2].headers["Retry-After"] == "2"
    other = await arrive(client)
    assert (await other.say("我不快")).status == 201


async def test_a_full_hub_says_come_again_and_loses_nothing(citizen, house):
    key, house.full = str(uuid.uuid4()), True
    answer = await citizen.say("救急", key=key)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    house.full = False
    assert (await citizen.say("救急", key=key)).status == 201


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=%D9%A1", "wait=x", "limit=", "after=" + "9" * 30])
async def test_odd_queries_are_refused(client, citizen, query):
    answer = await client.get(f"{API}/messages?{query}", headers=citizen.bearer)
    assert (answer.status, (await answer.json())["code"]) == (400, "bad_query")


async def test_foreign_pages_are_kept_out_and_allowed_ones_let_in(client, citizen):
    foreign = {"Origin": "https://evil.example"}
    assert (await client.post(f"{API}/sessions", headers=foreign)).status == 403
    assert (await client.get(f"{API}/messages", headers=foreign | citizen.bearer)).status == 403
    assert (await client.post(f"{API}/sessions", headers={"Origin": "null"})).status == 403
    assert (await client.post(f"{API}/sessions", headers={"Origin": "http://[bad"})).status == 403
    own = {"Origin": f"http://{client.host}:{client.port}"}
    assert (await client.post(f"{API}/sessions", headers=own)).status == 201
    allowed = {"Origin": "https://www.city.example"}
    answer = await client.post(f"{API}/sessions", headers=allowed)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://www.city.example"
    preflight = await client.options(f"{API}/messages", headers=allowed)
    assert preflight.status == 204
    assert "Idempotency-Key" in preflight.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in (await client.options(f"{API}/messages")).headers


async def test_what_the_device_showed_is_remembered(client, citizen, house):
    await citizen.say("你好")
    assert (await client.post(f"{API}/seen", json={"seq": 2}, headers=citizen.bearer)).status == 204
    came = {"seq": 3, "shown": False}
    assert (await client.post(f"{API}/seen", json=came, headers=citizen.bearer)).status == 204
    assert house.seen_up_to == {(house.peer, Stage.READ): 2, (house.peer, Stage.DELIVERED): 3}
    assert (await client.post(f"{API}/seen", json={"seq": "2"}, headers=citizen.bearer)).status == 400


def test_the_digest_forgets_spacing_and_order_only():
    one, two = parse.body(b'{"type":"text","text":"a b"}'), parse.body(b'{ "text":"a b" ,"type":"text"}')
    assert parse.digest(one) == parse.digest(two)
    assert parse.digest(one) != parse.digest(parse.body(b'{"type":"text","text":"ab"}'))


_JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3))
_NAMES = st.sampled_from(["type", "text", "id", "latitude", "longitude", "label", "datum", "file_id", "x"])
_TYPES = st.sampled_from(["text", "location", "file", "choice", "rating", "opened", "?"])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(_NAMES, _JSON), _TYPES)
def test_whatever_the_json_only_a_problem_is_raised(fields, kind):
    with suppress(Problem):
        assert parse.body(json.dumps(fields | {"type": kind}).encode()).type == kind


@given(st.binary(max_size=200))
def test_whatever_the_bytes_only_a_problem_is_raised(raw):
    with pytest.raises(Problem):
        parse.body(raw)
