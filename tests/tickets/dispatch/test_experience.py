"""What counts teach: the exact square first, its neighbours where little was seen, traits on top."""

from __future__ import annotations

import pytest

from tickets.dispatch.experience import Experience, Trace


def trace(category: str = "0106", street: str = "04/药山街道", **rest: tuple[str, ...]) -> Trace:
    return Trace(matter=("0100", category), place=(street[:2], street), **rest)


def first(experience: Experience, wanted: Trace) -> str:
    return experience.rank(wanted)[0][0]


def test_nothing_learned_names_nobody() -> None:
    assert Experience().rank(trace()) == []
    assert not Experience()


def test_shares_are_of_one_whole() -> None:
    experience = Experience()
    for unit, times in (("D04", 7), ("M06", 2), ("M09", 1)):
        for _ in range(times):
            experience.learn(trace(traits=("complaint", "2026-09")), unit)
    ranked = experience.rank(trace(traits=("help", "2026-10")))
    assert sum(share for _, share in ranked) == pytest.approx(1.0)
    assert [unit for unit, _ in ranked] == ["D04", "M06", "M09"]
    assert experience.seen(trace()) == 10
    assert experience.seen(trace(), "D04") == 7


def test_a_street_of_its_own_habit_differs_from_its_district() -> None:
    experience = Experience()
    for _ in range(30):
        experience.learn(trace(street="04/北园街道"), "D04")
    for _ in range(5):
        experience.learn(trace(street="04/药山街道"), "M17")
    assert first(experience, trace(street="04/药山街道")) == "M17"
    assert first(experience, trace(street="04/北园街道")) == "D04"
    assert first(experience, trace(street="04/新街道")) == "D04", "an unknown street leans on its district"


def test_an_unknown_category_leans_on_its_parent_and_its_place() -> None:
    experience = Experience()
    for _ in range(9):
        experience.learn(trace("0103"), "D04")
        experience.learn(Trace(matter=("0900", "0901"), place=("05", "05/洪家楼")), "M12")
    assert first(experience, trace("0199")) == "D04"
    assert first(experience, Trace(matter=("0900", "0999"), place=("04",))) == "M12"
    assert first(experience, Trace(matter=("7700", "7701"), place=("05",))) == "M12"


def test_one_ticket_does_not_overturn_many_neighbours() -> None:
    experience = Experience()
    for _ in range(40):
        experience.learn(trace(street="04/北园街道"), "D04")
    experience.learn(trace(street="04/药山街道"), "M06")
    shares = dict(experience.rank(trace(street="04/药山街道")))
    assert shares["M06"] > 0.3
    assert shares["D04"] > 0.3


def test_traits_move_the_balance() -> None:
    experience = Experience()
    for _ in range(10):
        experience.learn(trace(traits=("report",)), "M09")
        experience.learn(trace(traits=("complaint",)), "D04")
    assert first(experience, trace(traits=("report",))) == "M09"
    assert first(experience, trace(traits=("complaint",))) == "D04"
    alike = dict(experience.rank(trace(traits=("never seen",))))
    assert alike["M09"] == pytest.approx(alike["D04"])


def test_newer_tickets_weigh_more() -> None:
    experience = Experience()
    for _ in range(10):
        experience.learn(trace(), "M27", 0.25)
    for _ in range(4):
        experience.learn(trace(), "P08", 1.0)
    assert first(experience, trace()) == "P08"
