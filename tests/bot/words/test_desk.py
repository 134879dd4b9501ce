"""Every order, state and role has its name at the desk, and every refusal the life cycle can give is told in words."""

from __future__ import annotations

import re
from random import Random

import pytest

from bot.web.desk.forms import ACTING
from bot.web.desk.orders import FORMS
from bot.words import desk as w
from dialog.notices import words
from tests.dialog.talk import city
from tests.tickets import crowd
from tests.tickets.desk import Desk, draft
from tickets.appeal import AppealType
from tickets.command import Command
from tickets.lifecycle import BY_COMMAND
from tickets.orders import NotAllowed
from tickets.state import Role, State


def test_everything_has_a_name() -> None:
    assert set(w.COMMANDS) == set(Command)
    assert set(w.ROLES) == set(Role)
    assert set(w.STATES) == set(State)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.command.value)
def test_a_form_asks_what_its_order_needs(form) -> None:
    rows = BY_COMMAND[form.command]
    asked = {blank.name for blank in form.blanks}
    for row in rows:
        assert set(row.needs) <= asked
        assert asked - {ACTING} <= {*row.needs, *row.takes}
        assert {form.role, *filter(None, [form.also])} <= row.by


def test_refusals_and_notices_of_three_hundred_lives_are_told_in_words() -> None:
    told = set[str]()
    for seed in range(300):
        luck = Random(seed)
        desk = Desk(draft(luck.choice(list(AppealType))), directory=crowd.DIRECTORY)
        for order in crowd.life(desk, luck, steps=60):
            try:
                desk.order(order)
            except NotAllowed as refused:
                told.add(w.refusal(refused))
        for notice in desk.notices:
            assert words(notice.key, notice.params, locale="zh_CN", brief=False, city=city()).text
    codes = {one for one in told if re.search(r"[a-z_]{3,}", re.sub(r":.*", "", one))}
    assert codes == set()
