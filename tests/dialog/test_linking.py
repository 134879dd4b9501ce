"""绑定手机、认领工单: what is asked, what is said, and what is decided, for each thing the hub may find."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.message import Address, Inbound, Kind, Letter
from dialog.acts import ClaimTicket, Elsewhere, HoldClaim, ProvePhone, SendCode, Unlink
from dialog.flows.linking import CODE, CONSENT, NUMBER, TAIL, offered
from dialog.memory import Memory
from dialog.proofs import Asks, Offer, Verdict
from tests.dialog.talk import EVENING, Citizen

NUMBER_ = "2609180002175"
CLAIM = f"认领 {NUMBER_} 48392017"


def citizen(**view: object) -> Citizen:
    return Citizen(**{"buttons": True, "texts": True} | view)


def found(one: Citizen, verdict: Verdict) -> Citizen:
    """What the hub found about the next message."""
    one.view = replace(one.view, proof=verdict)
    return one


def message(text: str) -> Inbound:
    return Inbound(address=Address("app", "web", "p"), id="1", sent_at=EVENING, kind=Kind.TEXT, text=text)


@pytest.mark.parametrize(
    ("place", "text", "offer"),
    [
        (None, "你好", None),
        (None, "绑定手机", None),
        (None, "绑定手机 138-0013-8000", Offer(Asks.TEXT, "13800138000")),
        (None, "我的医保卡怎么绑定手机号13800138000", None),
        (None, "123456", None),
        (None, CLAIM, Offer(Asks.CLAIM, "48392017", NUMBER_)),
        (None, f"认领{NUMBER_},48392017", Offer(Asks.CLAIM, "48392017", NUMBER_)),
        (None, "认领 2609180002176 48392017", None),  # the check digit is wrong: nobody's number
        (NUMBER, "+86 13800138000", Offer(Asks.TEXT, "13800138000")),
        (NUMBER, "010-12345", None),
        (CODE, "验证码是123456", Offer(Asks.PHONE, "123456")),
        (CODE, "13900139000", Offer(Asks.TEXT, "13900139000")),
        (TAIL, "8217", Offer(Asks.TAIL, "8217", NUMBER_)),
        (TAIL, "验证码", Offer(Asks.TEXT_HOLDER, ticket=NUMBER_)),
        (CONSENT, "123456", None),
    ],
)
def test_only_what_offers_a_proof_is_looked_up(place, text, offer):
    memory = Memory() if place is None else Memory(place.flow, place.step, {"number": NUMBER_})
    assert offered(memory, message(text)) == offer


@pytest.mark.parametrize("where", [{"letter": Letter()}, {"public": True}])
def test_nothing_is_proved_by_letter_or_in_public(where):
    assert offered(Memory(), replace(message(CLAIM), **where)) is None


def test_a_phone_is_proved_by_the_code_and_consent_is_asked_once():
    one = citizen().says("绑定手机").hears_of("11位手机号")
    found(one, Verdict.RIGHT).says("13800138217").hears_of("尾号8217", "10分钟")
    assert one.did == [SendCode("1", "13800138217")]
    found(one, Verdict.WRONG).says("111111").hears_of("不正确")
    found(one, Verdict.RIGHT).says("123456").hears_of("已绑定尾号8217", "只在这里")
    assert one.did == [ProvePhone()]
    one.says("可以").hears_of("其他渠道")
    assert one.did == [Elsewhere(allowed=True)]
    one.view = replace(one.view, elsewhere=True, phone_tail="8217")
    one.says("换绑手机").hears_of("已绑定尾号8217")
    found(one, Verdict.RIGHT).says("13900139000").says("654321").hears_of("已绑定尾号9000")
    assert "只在这里" not in one.heard


def test_who_says_only_here_is_believed_then_and_at_any_time():
    one = found(citizen(), Verdict.RIGHT).says("绑定手机13800138217").says("123456")
    one.says("只在这里").hears_of("只在这里回复您")
    assert one.did == [Elsewhere(allowed=False)]
    one.says("可以用别的渠道通知我")
    assert one.did == [Elsewhere(allowed=True)]
    one.says("只在这里回复我")
    assert one.did == [Elsewhere(allowed=False)]


@pytest.mark.parametrize(
    ("verdict", "words"),
    [(Verdict.OVER, "没有查到"), (Verdict.LOCKED, "错误次数过多"), (Verdict.OFTEN, "发送次数过多")],
)
def test_what_ends_a_proof_is_told_and_left(verdict, words):
    one = found(citizen(), Verdict.RIGHT).says("绑定手机13800138217")
    given = "13800138217" if verdict is Verdict.OFTEN else "123456"
    found(one, verdict).says(given).hears_of(words)
    assert not one.did
    assert one.memory.flow == ""


def test_a_claim_needs_its_code_and_a_second_proof():
    one = found(citizen(), Verdict.RIGHT).says(CLAIM).hears_of("后四位")
    assert one.did == [HoldClaim(NUMBER_)]
    assert "0013" not in one.heard
    found(one, Verdict.WRONG).says("0000").hears_of("不正确")
    found(one, Verdict.RIGHT).says("8217").hears_of("已认领尾号2175", "只在这里")
    assert one.did == [ClaimTicket(NUMBER_)]


def test_a_claim_may_be_proved_by_a_code_to_the_phone_it_knows():
    one = found(citizen(), Verdict.RIGHT).says(CLAIM).says("验证码").hears_of("登记的手机")
    assert one.did == [SendCode("1", ticket=NUMBER_)]
    assert one.says("123456").did == [ProvePhone(), ClaimTicket(NUMBER_)]


def test_a_wrong_claim_does_not_say_what_was_wrong():
    one = found(citizen(), Verdict.WRONG).says(CLAIM).hears_of("不正确")
    assert not one.did
    assert one.says("认领").hears_of("认领 工单号 认领码").memory.flow == ""


def test_what_is_joined_is_parted_on_request():
    assert citizen(linked=True).says("解除绑定").hears_of("已解除绑定").did == [Unlink()]
    assert not citizen().says("解除绑定").hears_of("没有绑定").did
    assert citizen(phone_is_address=True).says("解绑").hears_of("其他渠道").did == [Unlink()]
    assert not citizen(linked=True).says("解除绑定", verified_phone="13800138217").hears_of("登录").did


def test_a_channel_that_vouches_needs_no_code():
    one = citizen().says("绑定手机", verified_phone="13800138217").hears_of("无需再绑定")
    assert not one.did
    card = citizen().says("13800138217", verified_phone="13800138217").hears_of("已绑定尾号8217", "只在这里")
    assert card.says("可以").did == [Elsewhere(allowed=True)]


def test_a_report_under_way_is_not_lost_to_digits():
    one = citizen().says("我要投诉").says("文化东路88号烧烤店油烟扰民").says("每天晚上")
    step = one.memory.step
    one.says("13800138217")
    assert (one.memory.flow, one.memory.step) == ("report", step) or one.memory.flow == "report"


def test_nothing_is_promised_where_no_text_can_go():
    assert not citizen(texts=False).says("绑定手机").hears_of("不能发送短信").did


def test_the_other_language_knows_it_too():
    one = found(citizen(), Verdict.RIGHT).says("bind phone").hears_of("11-digit")
    one.says("13800138217").says("123456").hears_of("bound", "only here")
    assert one.says("only here").did == [Elsewhere(allowed=False)]
