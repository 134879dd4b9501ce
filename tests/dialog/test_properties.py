"""Whatever a citizen writes, in whatever order: an answer, a small memory, never a fourth question."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from channels.message import Attachment, Event, Kind, Location
from dialog.acts import Rate
from dialog.flows.report_slots import QUESTIONS_AT_MOST
from dialog.view import Asks, Owner, SurveyView
from tests.dialog.talk import Citizen
from tests.dialog.test_scripts import smoke

SAID = [
    "你好", "人工", "1", "2", "3", "4", "5", "提交", "没有", "保密", "可联系", "取消", "CX", "CB", "BC",
    "CD", "查询 0217",
    "催办", "补充一下又来了",
    "撤单 0217", "确认1", "确认", "恢复0217", "登记", "不用", "我要投诉", "我要举报有人非法集资",
    "楼下烧烤店天天冒烟没人管", "天桥区明湖西路12号",
    "叫“老张烧烤”,半个多月了", "地点改成历下区泉城路", "公积金怎么提取", "滚", "谢谢", "不满意",
    "1 3 他们根本没来", "没解决", "着火了", "气得我想跳楼",
    "TD", "订阅", "返回", "hello, the street lamp is broken", "都不是", "建议增设公交站", "不清楚",
    "继续", "要", "不用", "答案不对", "过期了", "方便", "不方便", "请问火星怎么移民？",
    "０２１７", "①③", "写首诗", "家里只有15度能投诉吗",
]  # fmt: skip
CHOICES = [
    "menu:report", "menu:consult", "menu:progress", "menu:human", "menu:?", "kb:KB-0412",
    "kb:KB-0412:solved", "kb:none", "kb:", "report:submit",
    "report:cancel", "ticket:2609180000217", "ticket:", "survey:2609180000217:solved:solved",
    "survey:2609180000217:reason:policy", "survey:", ":", "x",
]  # fmt: skip
POINTS = st.builds(Location, st.floats(30, 40), st.floats(110, 120), st.sampled_from(["", "天桥区 明湖西路 12 号"]))
EVENTS = st.sampled_from(list(Event))
MESSAGES = st.one_of(
    st.fixed_dictionaries({"text": st.sampled_from(SAID)}),
    st.fixed_dictionaries({"text": st.text(max_size=40)}),
    st.fixed_dictionaries({"text": st.text("0123456789CXcbBD确认恢复撤单 :", max_size=12)}),
    st.fixed_dictionaries({"choice": st.sampled_from(CHOICES)}),
    st.fixed_dictionaries({"kind": st.sampled_from(list(Kind)), "text": st.sampled_from(["", "好"])}),
    st.fixed_dictionaries({"kind": st.just(Kind.EVENT), "event": EVENTS, "text": st.sampled_from(["", "report", "x"])}),
    st.fixed_dictionaries({"kind": st.just(Kind.LOCATION), "location": POINTS}),
    st.fixed_dictionaries({"attachments": st.just((Attachment("f", Kind.IMAGE),)), "kind": st.just(Kind.IMAGE)}),
)  # fmt: skip
VIEWS = st.fixed_dictionaries(
    {
        "buttons": st.booleans(),
        "brief": st.booleans(),
        "media": st.booleans(),
        "agents": st.integers(0, 2),
        "waiting": st.integers(0, 3),
        "phone_tail": st.sampled_from(["", "5678"]),
        "tickets": st.sampled_from([(), (smoke(),), (smoke(), smoke(number="2609150000093"))]),
        "survey": st.sampled_from([None, *(SurveyView("2609180000217", asks) for asks in Asks)]),
        "owner": st.sampled_from([Owner.BOT, Owner.BOT, Owner.BOT, Owner.QUEUE, Owner.AGENT, Owner.EXPERT]),
        "experts": st.sampled_from([frozenset(), frozenset({"M11", "E02"})]),
    }
)


@settings(max_examples=300, deadline=None)
@given(view=VIEWS, messages=st.lists(MESSAGES, min_size=1, max_size=14))
def test_any_conversation(view, messages):
    citizen = Citizen(**view)
    for message in messages:
        said = dict(message)
        before = citizen.memory
        if said.get("attachments"):
            citizen.says("", *said.pop("attachments"), **said)
        else:
            citizen.says(said.pop("text", ""), **said)
        memory = citizen.memory.dump()
        stored = json.dumps(
            {**memory, "slots": {k: v for k, v in memory.get("slots", {}).items() if k != "texts"}}, ensure_ascii=False
        )
        assert len(stored.encode()) < 2048
        assert len(memory.get("slots", {}).get("asked", ())) <= QUESTIONS_AT_MOST
        if citizen.turn.say is not None:
            assert citizen.heard.strip()
            assert "{" not in citizen.heard or any("{" in one.get("text", "") for one in messages)
            assert len({choice.id for choice in citizen.said.choices}) == len(citizen.said.choices)
            assert citizen.view.buttons or not citizen.said.choices
        if before.flow == "report" and message.get("text", "").isdigit():
            assert not any(isinstance(act, Rate) for act in citizen.did)
    # A replay of the same words decides the same.
    again = Citizen(**view)
    for message in messages:
        said = dict(message)
        again.says(said.pop("text", ""), *said.pop("attachments", ()), **said)
    assert again.all_acts == citizen.all_acts


@settings(max_examples=60, deadline=None)
@given(
    answers=st.lists(
        st.sampled_from(["不清楚", "没有", "嗯", "不知道", "说过了", "你们看着办"]), min_size=4, max_size=8
    )
)
def test_a_citizen_who_knows_nothing_still_gets_his_ticket(answers):
    citizen = Citizen(media=True).says("我要投诉").says("物业乱收费")
    asked = 1
    for answer in answers:
        if citizen.memory.step != "gather":
            break
        asked += 1
        citizen.says(answer)
    assert asked <= 1 + QUESTIONS_AT_MOST
    assert citizen.memory.step == "confirm"
