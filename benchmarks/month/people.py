"""The citizens of the month: what they come with, what they answer to what they are asked, how they rate."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from benchmarks.workload import QUESTIONS, STREETS
from channels.message import Address

DISTRICTS = ("历下区", "市中区", "槐荫区", "天桥区", "历城区", "长清区", "章丘区", "济阳区", "莱芜区", "钢城区")
HELP = (
    "{place}门口的路灯坏了好几天了",
    "{place}的下水道堵了污水漫到路上",
    "{place}门口人行道上有个大坑",
    "{place}的垃圾桶没人清运味道很大",
    "{place}的自来水发黄不敢喝",
    "{place}小区电梯经常坏物业不管",
    "{place}路口的红绿灯坏了",
    "{place}的井盖松动了",
    "{place}小区停水两天了",
    "{place}的医保卡窗口一直没人",
)
SUGGEST = (
    "我建议在{place}增加共享单车停放点",
    "我建议在{place}设一个公交站",
    "建议{place}的公园晚上多开几盏灯",
)
COMPLAIN = (
    "我要投诉{place}楼下烧烤店油烟太大呛得睡不着",
    "我要投诉{place}工地半夜施工噪音",
    "我要投诉{place}理发店办的预付卡不退钱",
    "{place}的工厂拖欠工资三个月了",
)
REPORT = ("我要举报{place}有人违法搭建", "我要举报{place}有商贩卖过期食品")
PRAISE = ("我要表扬{place}公交车司机扶我上车服务特别好",)
ASK = ("我想咨询{place}小学入学户口怎么认定，网上查不到", "我想咨询{place}老房子加装电梯一层不同意怎么办理")
NOWHERE = (
    "我要投诉有人乱收停车费",
    "我要投诉小区物业服务太差",
    "路灯坏了好几天了晚上看不见路",
    "我要投诉楼下烧烤店油烟太大",
)
ALARMING = ("{place}小区楼道里一股煤气味",)
OPENINGS: tuple[tuple[float, Sequence[str]], ...] = (
    (50.0, HELP),
    (27.0, SUGGEST),
    (8.0, COMPLAIN),
    (2.5, REPORT),
    (0.6, PRAISE),
    (4.0, ASK),
    (7.7, NOWHERE),
    (0.2, ALARMING),
)
"""Shares of what becomes a ticket, after a real week's (domain.md §4.1); one in twelve does not say where."""
PATIENCE = 9
"""Answers a citizen gives before he gives up."""


@dataclass(slots=True)
class Person:
    """One citizen with one matter at a time."""

    address: Address
    says: str = field(repr=False)
    place: str = field(repr=False)
    consults: bool
    left: int = PATIENCE
    verdict: str = "basic"
    """How he rates, where he is asked: "very", "satisfied", "basic", "dissatisfied"."""
    reasons: str = ""
    """What he answers when asked why; "" stays silent."""
    heard: str = field(default="", repr=False)


Answer = Callable[[Person, Random], str]
_GRADES = {"very": "1", "satisfied": "2", "basic": "3", "dissatisfied": "4"}
_IN_WORDS = {
    "very": "修好了，非常满意",
    "satisfied": "解决了，谢谢",
    "basic": "还行吧",
    "dissatisfied": "没解决，不满意",
}


def _solved(person: Person, luck: Random) -> str:
    if luck.random() < 0.3:
        return _IN_WORDS[person.verdict]
    return {"dissatisfied": "3", "basic": "2"}.get(person.verdict, "1")


def _grade(person: Person, luck: Random) -> str:
    return _GRADES[person.verdict] if luck.random() < 0.8 else _IN_WORDS[person.verdict]


_SAYS: tuple[tuple[re.Pattern[str], Answer], ...] = (
    (re.compile("已受理。工单号|已收到您的诉求"), lambda _p, _l: ""),
    (re.compile("请您核对"), lambda _p, _l: "提交"),
    (re.compile("主要原因"), lambda person, _l: person.reasons),
    (re.compile("请对办理情况评价|满意程度|办理情况.*评价"), _grade),
    (re.compile("是否要求全程保密"), lambda _p, luck: luck.choice(("保密", "可联系", "可联系"))),
    (re.compile("您现在安全吗"), lambda _p, _l: "安全，只是反映问题"),
    (re.compile("哪个区|全称、地址|在哪里"), lambda person, _l: person.place or "不清楚"),
    (
        re.compile("什么时候开始|几点最严重"),
        lambda _p, luck: luck.choice(("从上周五开始", "三天前", "半个多月了", "不清楚")),
    ),
    (re.compile("请告诉我小区和楼号"), lambda person, _l: person.place),
    (re.compile("确认1"), lambda _p, luck: luck.choice(("确认1", "确认1", "确认2", "算了，不撤了"))),
    (re.compile("是否还有新的地点"), lambda _p, _l: "没有"),
    (re.compile("下面哪一项"), lambda person, luck: luck.choice(("1", "2")) if person.consults else "登记"),
    (re.compile("回复“登记”"), lambda person, _l: "" if person.consults else "登记"),
    (re.compile("解决您的问题了吗"), lambda _p, luck: luck.choice(("1", "1", "1", "2"))),
)
"""What a citizen answers to what he is asked, the first that fits; "" when the talk is over."""
NUMBER = re.compile(r"(?:工单号|编号) ?(\d{13,})")


def answers(person: Person, heard: str, luck: Random) -> str:
    """What he says next, "" for nothing."""
    if heard == person.heard or person.left <= 0:
        return ""
    person.heard, person.left = heard, person.left - 1
    return next((say(person, luck) for asked, say in _SAYS if asked.search(heard)), "")


def asked_for_rating(person: Person, luck: Random) -> str:
    """The answer to the survey's first question."""
    person.left, person.heard = PATIENCE, ""
    return _solved(person, luck)


def somebody(address: Address, luck: Random) -> Person:
    """A citizen with a matter: half of them ask what the knowledge base knows."""
    street, number = luck.choice(STREETS), luck.randrange(1, 300)
    place = f"{luck.choice(DISTRICTS)}{street}{number}号"
    if luck.random() < 0.5:
        return Person(address, luck.choice(QUESTIONS), place, consults=True)
    (templates,) = luck.choices([one for _, one in OPENINGS], [share for share, _ in OPENINGS])
    knows = templates is not NOWHERE
    return Person(address, luck.choice(templates).format(place=place), place if knows else "", consults=False)
