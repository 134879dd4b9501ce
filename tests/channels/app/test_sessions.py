"""Sessions: opened, resumed, proved by the city's app, and never forged."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey

from channels.app.settings import AppSettings
from channels.app.tokens import Denied, Tokens, anonymous, hexmac, sign_identity
from tests.channels.app.conftest import API, IDENTITY, JPEG, SECRET, arrive

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def tokens(secret: str = SECRET, account: str = "city") -> Tokens:
    return Tokens(secret, account=account, lasts=timedelta(minutes=30), resumes=timedelta(days=30))


async def test_a_new_session_has_what_the_contract_promises(client):
    answer = await client.post(f"{API}/sessions")
    body = await answer.json()
    assert answer.status == 201
    assert set(body) == {"session_id", "conversation_id", "token", "expires_at", "resume_token"}
    claims = jwt.decode(body["token"], OctKey.import_key(SECRET), algorithms=["HS256"]).claims
    assert claims["aud"] == "webchat"
    assert set(claims) == {"iss", "aud", "sub", "sid", "iat", "exp", "jti"}
    assert claims["exp"] - claims["iat"] == 1800


async def test_two_citizens_are_two(client):
    one, two = await arrive(client), await arrive(client)
    await one.say("只有我能看")
    assert await two.read() == []
    assert len(await one.read()) == 2


async def test_resuming_finds_the_conversation_again(client, citizen):
    await citizen.say("路灯不亮")
    again = await arrive(client, resume_token=citizen.resume_token)
    assert again.session_id == citizen.session_id
    assert (await again.read())[0]["text"] == "路灯不亮"


async def test_a_session_token_resumes_nothing_and_a_resume_token_opens_nothing(client, citizen):
    answer = await client.post(f"{API}/sessions", json={"resume_token": citizen.token})
    assert (answer.status, (await answer.json())["code"]) == (401, "bad_resume")
    citizen.token = citizen.resume_token
    assert (await citizen.say("喂")).status == 401


def _unsigned(alg: str) -> str:
    claims = {"iss": "minsheng/city", "aud": "webchat", "sub": "web_x", "sid": "s", "iat": 1, "exp": 9**12, "jti": "j"}
    parts = [json.dumps(part).encode() for part in ({"alg": alg, "typ": "JWT"}, claims)]
    return ".".join([*(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), ""])


@pytest.mark.parametrize(
    "token",
    [
        _unsigned("none"),
        _unsigned("HS256"),
        "",
        "a.b.c",
        "x" * 5000,
        "§§§",
        tokens("another secret, also thirty-two bytes long").issue(anonymous(), now=datetime.now(UTC)).token,
        tokens(account="other").issue(anonymous(), now=datetime.now(UTC)).token,
        tokens().issue(anonymous(), now=datetime.now(UTC) - timedelta(hours=1)).token,
    ],
    ids=["none", "no signature", "empty", "junk", "long", "not ascii", "other key", "other account", "expired"],
)
async def test_forged_and_stale_tokens_open_nothing(client, house, token):
    answer = await client.get(f"{API}/messages", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status, (await answer.json())["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert not house.lines


async def test_a_token_of_a_longer_algorithm_is_refused(client):
    claims = {"iss": "minsheng/city", "aud": "webchat", "sub": "x", "sid": "s", "iat": 1, "exp": 9**12, "jti": "j"}
    token = jwt.encode({"alg": "HS512"}, claims, OctKey.import_key(SECRET), algorithms=["HS512"])
    assert (await client.get(f"{API}/messages", headers={"Authorization": f"Bearer {token}"})).status == 401


def test_expiry_has_thirty_seconds_of_leeway():
    issued = tokens().issue(anonymous(), now=NOW)
    assert tokens().read(issued.token, now=issued.expires_at + timedelta(seconds=29))
    with pytest.raises(Denied):
        tokens().read(issued.token, now=issued.expires_at + timedelta(seconds=31))


@given(at=st.integers(0, 200), letter=st.sampled_from("ABCabc019-_.="))
def test_no_spoiled_token_is_read_as_another_session(at, letter):
    session = anonymous()
    token = tokens().issue(session, now=NOW).token
    at %= len(token)
    spoiled = token[:at] + letter + token[at + 1 :]
    try:
        read = tokens().read(spoiled, now=NOW)
    except Denied:
        return
    assert read.peer == session.peer


def identity(house, *, secret=IDENTITY, **over):
    proof = {"user_id": "u-42", "phone": "+8613812345678", "ts": int(house.now().timestamp())} | over
    signature = sign_identity(secret, user_id=proof["user_id"], phone=proof["phone"], ts=proof["ts"])
    return {"signature": signature} | proof | over


async def test_the_citys_app_proves_a_citizen_on_all_his_devices(client, house):
    phone, tablet = await arrive(client, identity=identity(house)), await arrive(client, identity=identity(house))
    await phone.say("我的工单呢")
    assert (await tablet.read())[0]["text"] == "我的工单呢"
    (message,) = house.received
    assert (message.verified_phone, message.subject) == ("13812345678", "u-42")
    assert "u-42" not in message.address.peer
    resumed = await arrive(client, resume_token=phone.resume_token)
    await resumed.say("还在吗")
    assert house.received[-1].verified_phone == "13812345678"


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        ({"signature": "0" * 64}, 401),
        ({"ts": 1}, 401),
        ({"phone": "13800000000", "signature": "f" * 64}, 401),
        ({"phone": "1381234567x"}, 400),
        ({"ts": "now"}, 400),
        ({"signature": "\ud800"}, 400),
    ],
)
async def test_an_identity_nobody_signed_proves_nothing(client, house, spoil, status):
    good = identity(house)
    bad = identity(house, ts=1) if spoil == {"ts": 1} else good | spoil
    answer = await client.post(f"{API}/sessions", data=json.dumps({"identity": bad}).encode())
    assert answer.status == status


def test_the_signature_is_the_arithmetic_others_use():
    """A vector of protocols.md §6.2: Chatwoot's identifier_hash."""
    assert hexmac("hmac-token", "user-42") == "ce36f102799e800738d3f136736c2e0bc17bffb88d4d190b932ee6d4732c01ff"


async def test_a_secret_is_changed_and_nobody_loses_his_conversation(serve, house):
    """Old alone, then old and new together, then new alone: each step with the app's servers still at the one before."""
    new, first = "another identity secret, of the next year", {"address_secret": IDENTITY}
    steps = (
        ({"identity_secret": IDENTITY}, IDENTITY),
        ({"identity_secret": new, "identity_secret_before": IDENTITY} | first, IDENTITY),
        ({"identity_secret": new, "identity_secret_before": IDENTITY} | first, new),
        ({"identity_secret": new} | first, new),
    )
    for number, (settings, signs) in enumerate(steps):
        citizen = await arrive(await serve(**settings), identity=identity(house, secret=signs))
        await citizen.say(f"第{number}次")
    assert len(await citizen.read()) == 2 * len(steps), "one conversation"
    answer = await citizen.client.post(f"{API}/sessions", json={"identity": identity(house)})
    assert answer.status == 401, "the old secret is over"


async def test_the_key_of_tokens_is_changed_and_nobody_is_thrown_out(serve, house):
    before = await arrive(await serve())
    await before.say("路灯不亮")
    kept = await (await before.upload(JPEG)).json()
    client = await serve(jwt_secret="a token secret of the next year, 32 bytes", jwt_secret_before=SECRET)
    before.client = client
    assert (await before.send({"type": "file", "file_id": kept["file_id"]})).status == 201
    assert (await client.get(kept["url"])).status == 200
    after = await arrive(client, resume_token=before.resume_token)
    assert len(await after.read()) == 4
    alone = await serve(jwt_secret="a token secret of the next year, 32 bytes")
    after.client = before.client = alone
    assert (await after.say("还在吗")).status == 201
    assert (await before.say("还在吗")).status == 401
    assert (await alone.get(kept["url"])).status == 403


async def test_without_the_shared_secret_no_identity_is_believed(serve, house):
    client = await serve(identity_secret=None)
    assert (await client.post(f"{API}/sessions", json={"identity": identity(house)})).status == 401


async def test_one_address_cannot_open_sessions_without_end(serve):
    client = await serve(limits={"sessions_per_ip": {"burst": 2, "per_second": 0.1}})
    statuses = [(await client.post(f"{API}/sessions")).status for _ in range(3)]
    assert statuses == [201, 201, 429]


@pytest.mark.parametrize(
    ("over", "names"),
    [
        ({"jwt_secret": "short"}, "jwt_secret"),
        ({"identity_secret": "short"}, "identity_secret"),
        ({"identity_secret": SECRET, "identity_secret_before": SECRET}, "address_secret"),
        ({"allowed_origins": ["https://a.example/path"]}, "allowed_origins"),
        ({"embed_origins": ["*"]}, "embed_origins"),
        ({"push": {"url": "ftp://push.example", "secret": SECRET}}, "push.url"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_wrong_settings_name_their_key_and_show_no_secret(over, names):
    with pytest.raises(ValueError, match=names) as error:
        AppSettings.model_validate({"jwt_secret": SECRET} | over)
    assert SECRET not in str(error.value)
    assert SECRET not in repr(AppSettings(jwt_secret=SECRET))
