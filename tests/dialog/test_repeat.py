"""S12: whoever reports again is asked first; what is open is joined, what was closed goes back, what ended is explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from channels.message import Kind as MessageKind
from dialog.acts import OpenTicket, Reopen, Repeat, StandAlone, Supplement, Urge
from dialog.view import TicketView
from tests.dialog.talk import EVENING, FRESH, IMAGE, Citizen
from tests.dialog.test_allowed import HANDED_OUT
from tests.tickets.desk import CALENDAR, POLICY, Desk, draft
from tickets.appeal import AppealType, Satisfaction, Urgency
from tickets.assessment.repeats import Appealed
from tickets.assessment.spots import Spot
from tickets.lifecycle import advance
from tickets.limits.calendar import SHANGHAI
from tickets.orders import Command, Order
from tickets.ticket import OPEN, Actor, Role, State

LAMP = "2608110000093"
AUGUST = datetime(2026, 8, 11, 9, 0, tzinfo=SHANGHAI)
REPLIED = datetime(2026, 8, 14, 15, 0, tzinfo=SHANGHAI)
SEPTEMBER = datetime(2026, 9, 8, 20, 0, tzinfo=SHANGHAI)
AGAIN = "我上个月反映的小区门口路灯还是不亮!"


def lamp(state: State = State.CLOSED, **changes: object) -> TicketView:
    ended = None if state in OPEN else AUGUST + timedelta(days=7)
    appealed = Appealed(
        type=AppealType.HELP,
        category="0203",
        at=AUGUST,
        text="花园路88号小区门口的路灯不亮了，好几天了",
        spot=Spot(district="05", words="历城区花园路88号"),
        state=state,
        ended=ended,
    )
    view = TicketView(
        number=LAMP,
        type=AppealType.HELP,
        urgency=Urgency.NORMAL,
        state=state,
        title="反映路灯不亮",
        category="0203",
        received_at=AUGUST,
        unit="历城区城管局",
        public_reply="已报修",
        replied_at=REPLIED,
        closed_at=ended,
        satisfaction=Satisfaction.BASIC,
        due_at=AUGUST + timedelta(days=7),
        appealed=appealed,
    )
    return replace(view, **changes)  # type: ignore[arg-type]


def citizen(*tickets: TicketView, now: datetime = SEPTEMBER) -> Citizen:
    return Citizen(now=now, tickets=tickets)


def test_s12_never_put_right() -> None:
    talk = citizen(lamp()).says(AGAIN)
    talk.hears_of(
        "查到您8月11日反映过同一问题(尾号0093,历城区城管局8月14日答复“已报修”,您当时评价“基本满意”)。灯现在又不亮/一直没修好,是吗?"
    )
    assert talk.did == []
    talk.says("一直没修好").hears_of(
        "重复诉求", "退回原单位重新办理", "提醒单位负责人说明上次为什么没有解决", "3个工作日", "9月11日"
    )
    assert talk.did == [Reopen(LAMP, AGAIN)]
    assert talk.memory.flow == ""


@pytest.mark.parametrize("yes", ["是", "是的", "1", "对", "是的，一直没修", "没人来修过", "还是不亮"])
def test_yes_in_many_words(yes: str) -> None:
    assert isinstance(citizen(lamp()).says(AGAIN).says(yes).one(Reopen), Reopen)


def test_the_search_finds_older_ones_too() -> None:
    talk = Citizen(now=SEPTEMBER, earlier=(lamp(),)).says(AGAIN).says("一直没修好")
    assert isinstance(talk.one(Reopen), Reopen)


def test_closed_too_long_ago_a_new_ticket_is_linked_to_it() -> None:
    talk = citizen(lamp(), now=SEPTEMBER + timedelta(days=30)).says(AGAIN).says("一直没修好")
    talk.hears_of("已经办结", "与它关联")
    for _ in range(4):
        if "提交" in talk.heard:
            break
        talk.says("历城区花园路88号小区门口，三天了")
    opened = talk.says("提交").one(OpenTicket)
    assert isinstance(opened, OpenTicket)
    assert (opened.draft.repeat_of, opened.draft.unlike) == (LAMP, ())


def test_broken_again_after_it_was_mended_is_a_new_ticket_once_the_window_is_over() -> None:
    later = citizen(lamp()).says(AGAIN).says("修好过，又坏了")
    later.hears_of("与它关联")
    assert later.did == []
    soon = citizen(lamp(), now=AUGUST + timedelta(days=9)).says(AGAIN.replace("上个月", "上周")).says("2")
    soon.hears_of("为什么又出现")
    assert isinstance(soon.one(Reopen), Reopen)


def test_another_matter_becomes_an_ordinary_ticket_and_is_not_asked_about_again() -> None:
    talk = citizen(lamp()).says(AGAIN).says("不是一回事，这次是历城区花园路90号的灯")
    talk.hears_of("按新的诉求为您登记")
    for _ in range(4):
        if "提交" in talk.heard:
            break
        talk.says("历城区花园路90号门口，三天了")
    opened = talk.says("提交").one(OpenTicket)
    assert isinstance(opened, OpenTicket)
    assert (opened.draft.unlike, opened.draft.repeat_of) == ((LAMP,), "")


def test_an_open_one_is_joined_and_urged_and_no_ticket_is_opened() -> None:
    talk = citizen(lamp(State.HANDLING, satisfaction=None, closed_at=None))
    talk.says(AGAIN).hears_of("查到您8月11日反映过同一问题", "正在办理", "同一件事")
    talk.says("是同一件事").hears_of(LAMP, "不再另开工单", "催办一次")
    assert talk.did == [Repeat(LAMP, AGAIN)]


def test_an_open_one_urged_today_is_not_urged_twice() -> None:
    view = lamp(State.HANDLING, satisfaction=None, closed_at=None, urged_at=SEPTEMBER - timedelta(hours=2))
    citizen(view).says(AGAIN).says("1").hears_of("今天已催办过")


def test_what_is_told_with_the_answer_goes_along() -> None:
    view = lamp(State.HANDLING, satisfaction=None, closed_at=None)
    talk = citizen(view).says(AGAIN).says("是的，昨晚八点整条街都是黑的")
    assert talk.did == [Repeat(LAMP, f"{AGAIN}\n是的，昨晚八点整条街都是黑的")]


def test_one_that_waits_for_the_rating_is_joined_but_not_urged() -> None:
    view = lamp(State.TO_CALLBACK, satisfaction=None, closed_at=None)
    talk = citizen(view).says(AGAIN).says("一直没修好")
    talk.hears_of("刚作出答复", "如实评价")
    assert talk.did == [Repeat(LAMP, AGAIN)]


def test_unclear_twice_is_an_ordinary_report() -> None:
    talk = citizen(lamp()).says(AGAIN).says("嗯哼哈")
    talk.hears_of("没有看明白", "一直没修好")
    talk.says("呵呵呵").hears_of("请")
    assert talk.memory.step in {"gather", "confirm"}
    assert talk.memory.slots["unlike"] == [LAMP]


def test_cancelled() -> None:
    assert citizen(lamp()).says(AGAIN).says("算了").memory.flow == ""


def test_an_answer_that_comes_too_late_means_nothing() -> None:
    assert citizen(lamp()).taps("repeat:never").all_acts == []


def test_without_an_earlier_one_it_is_an_ordinary_report() -> None:
    citizen().says(AGAIN).hears_of("登记")


@pytest.mark.parametrize(
    "said", ["我上次举报过的路灯厂还在偷税", "感谢你们，我上个月反映的路灯已经修好了"], ids=["report", "praise"]
)
def test_neither_reports_nor_praise_are_asked_about(said: str) -> None:
    talk = citizen(lamp()).says(said)
    assert talk.memory.step != "repeat"


def test_s12_a_terminated_matter_is_explained() -> None:
    claim = lamp(
        State.TERMINATED,
        title="拆迁补偿问题",
        category="1699",
        received_at=datetime(2026, 2, 20, tzinfo=SHANGHAI),
        replied_at=datetime(2026, 3, 2, tzinfo=SHANGHAI),
        closed_at=datetime(2026, 4, 10, tzinfo=SHANGHAI),
        satisfaction=None,
    )
    assert claim.appealed is not None
    words = "文东花园拆迁补偿太低，不公平，要求重新评估补偿"
    claim = replace(claim, appealed=replace(claim.appealed, category="1699", text=words, at=claim.received_at,
                                            spot=Spot(district="01", words="历下区文东花园"), ended=claim.closed_at))  # fmt: skip
    talk = Citizen(now=SEPTEMBER, earlier=(claim,)).says("历下区文东花园拆迁补偿太低，不公平，要求重新评估补偿，没人管")
    talk.hears_of("拆迁补偿问题", "3月2日作出书面答复", "4月10日终结办理", "新的事实或证据", "行政复议", "诉讼")
    assert talk.all_acts == []
    quiet = replace_memory(talk).says("好的，知道了")
    assert quiet.all_acts == []
    assert quiet.memory.flow == ""
    new = replace_memory(talk).says("我有新证据")
    new.hears_of("请直接发送新的事实或证据")
    new.says("这是评估公司后来出具的更正报告", IMAGE, kind=MessageKind.TEXT)
    opened = new.one(OpenTicket)
    assert isinstance(opened, OpenTicket)
    assert (opened.draft.new_fact, opened.draft.repeat_of) == (True, LAMP)
    assert "更正报告" in opened.draft.content
    assert opened.draft.attachments == (IMAGE.ref,)
    new.hears_of("审核", FRESH.number)
    other = replace_memory(talk).says("不是一回事，我说的是另一处房子")
    assert other.memory.slots["unlike"] == [LAMP]
    assert other.all_acts == []


def replace_memory(talk: Citizen) -> Citizen:
    again = Citizen(now=talk.now, earlier=talk.view.earlier)
    again.memory = talk.memory
    return again


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("answer", ["一直没修好", "是同一件事", "又坏了", "不是一回事"])
def test_what_is_ordered_is_allowed(state: State, answer: str) -> None:
    ended = None if state in OPEN or state is State.EMERGENCY_DIVERTED else EVENING - timedelta(hours=3)
    ticket = replace(Desk(draft()).ticket, number=LAMP, state=state, closed_at=ended, assignments=HANDED_OUT)
    view = lamp(state, closed_at=ended)
    assert view.appealed is not None
    view = replace(view, appealed=replace(view.appealed, ended=ended))
    talk = citizen(view, now=EVENING).says(AGAIN).says(answer)
    for act in talk.all_acts:
        assert isinstance(act, Repeat | Reopen), "no second ticket"
        command = Command.REPEAT if isinstance(act, Repeat) else Command.REOPEN
        data = {"text": act.text} if command is Command.REPEAT else {"note": act.text, "repeat": True}
        advance(ticket, Order(command, Actor(Role.CITIZEN), data), policy=POLICY, calendar=CALENDAR, now=EVENING)


# Families: 「我的不一样」 and what a follower may do.

PARENT = "2609180000308"


def follower(**changes: object) -> TicketView:
    return lamp(State.MERGED, **({"parent": PARENT, "follows": State.HANDLING, "satisfaction": None} | changes))


@pytest.mark.parametrize("words", ["我的不一样", "不是同一件事", "我的跟他们不一样，是另一盏灯", "not the same matter"])
def test_mine_is_different(words: str) -> None:
    talk = citizen(follower()).says(words)
    talk.hears_of("0093")
    assert talk.did == [StandAlone(LAMP, PARENT)]


def test_who_follows_nothing_cannot_leave() -> None:
    acts = citizen(lamp(State.HANDLING)).says("不是同一件事").all_acts
    assert not any(isinstance(act, StandAlone) for act in acts)


def test_a_follower_urges_and_supplements_what_he_follows() -> None:
    assert citizen(follower()).says("催办").did == [Urge(PARENT)]
    assert citizen(follower()).says("补充 昨晚还是不亮，有人摔倒").one(Supplement) == Supplement(
        PARENT, "补充 昨晚还是不亮，有人摔倒"
    )
    citizen(follower()).says("查询").hears_of("0093", f"已合并至工单{PARENT}")


def test_a_follower_past_his_day_has_what_he_follows_supervised_once_that_is_late_too() -> None:
    late = {"due_at": SEPTEMBER - timedelta(days=1), "unit_due_at": SEPTEMBER - timedelta(days=3)}
    fresh = "DB-260908-001"
    assert asked(follower(**late), supervision=fresh).did == [Urge(PARENT, fresh)]
    assert asked(follower(**late), supervision="").did == [Urge(PARENT)]
    put_off = late | {"unit_due_at": SEPTEMBER + timedelta(days=5)}
    assert asked(follower(**put_off), supervision=fresh).did == [Urge(PARENT)]
    assert asked(follower(**late, supervision="DB-1"), supervision=fresh).did == [Urge(PARENT)]
    assert asked(follower(**late | {"follows": State.TO_REVIEW}), supervision=fresh).did == [Urge(PARENT)]


def asked(one: TicketView, *, supervision: str) -> Citizen:
    return Citizen(now=SEPTEMBER, tickets=(one,), supervision=supervision).says("催办")


def test_a_follower_who_reports_again_joins_what_he_follows() -> None:
    view = follower()
    assert view.appealed is not None
    view = replace(view, appealed=replace(view.appealed, state=State.HANDLING))
    talk = citizen(view).says(AGAIN).says("1")
    assert talk.did == [Repeat(PARENT, AGAIN)]
    assert PARENT not in talk.heard


def test_a_follower_does_not_withdraw_what_others_wait_for() -> None:
    assert citizen(follower()).says("撤单").did == []
