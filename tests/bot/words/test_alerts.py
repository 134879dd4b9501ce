"""Every alert the life cycle can give has its words, and none of them holds anything of the citizen's."""

from __future__ import annotations

from random import Random

from bot.words.alerts import GRAVE, POSTS, WORDS, told
from bot.words.supervision import GROUNDS, LEVELS, STATES
from tests.tickets import crowd
from tests.tickets.desk import Desk, draft
from tickets.appeal import AppealType, Urgency
from tickets.orders import NotAllowed, Post
from tickets.papers.supervision import Ground, Level, SupervisionState


def test_every_code_has_a_name() -> None:
    assert set(POSTS) == set(Post)
    assert (set(LEVELS), set(GROUNDS), set(STATES)) == (set(Level), set(Ground), set(SupervisionState))
    assert set(WORDS) >= GRAVE


def test_the_alerts_of_three_hundred_lives_are_told_in_words() -> None:
    given = set[str]()
    for seed in range(300):
        luck = Random(seed)
        opened = draft(luck.choice(list(AppealType)), urgency=luck.choice([*Urgency, Urgency.NORMAL]))
        desk = Desk(opened, directory=crowd.DIRECTORY)
        for order in crowd.life(desk, luck, steps=80):
            try:
                desk.order(order)
            except NotAllowed:
                continue
        given.update(alert.key for alert in desk.alerts)
    assert given <= set(WORDS)
    assert len(given) > 20, "a life without alerts proves nothing"


def test_a_text_to_an_officer_names_unit_ticket_and_supervision() -> None:
    text = told("supervision.L3", number="2609180000217", supervision="DB-260928-031", unit="天桥区城管局")
    assert text == "【天桥区城管局】工单2609180000217，督办编号DB-260928-031：书面督办，请在规定时间内书面回复。"
    assert told("some.thing_new", number="2609180000217") == "工单2609180000217：有新情况，请查看。"
