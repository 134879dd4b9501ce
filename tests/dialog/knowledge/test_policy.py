"""Answer, offer, or say nothing: the shape of an outcome never lies."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dialog.knowledge.policy import AnswerPolicy, Found, Outcome, Verdict
from tests.dialog.knowledge.made import made

POLICY = AnswerPolicy()


def decide(*scores: float) -> Outcome:
    ranked = sorted(scores, reverse=True)
    return POLICY.decide([Found(made(f"KB-{place}", f"问题{place}"), score) for place, score in enumerate(ranked)])


@given(st.lists(st.floats(0, 1), max_size=6))
def test_the_shape_follows_the_verdict(scores: list[float]) -> None:
    outcome = decide(*scores)
    allowed = {Verdict.ANSWER: {1}, Verdict.OFFER: {1, 2, 3}, Verdict.NONE: {0}}
    assert len(outcome.found) in allowed[outcome.verdict]
    assert all(found.score >= POLICY.offer for found in outcome.found)


def test_twins_are_offered_however_alike_the_question() -> None:
    assert decide(0.99, 0.97).verdict is Verdict.OFFER
    assert decide(0.99, 0.9).verdict is Verdict.ANSWER


def test_other_words_are_enough_where_nothing_else_is_near() -> None:
    score, lead = POLICY.sure[-1]
    assert decide(score, score - lead - 0.01).verdict is Verdict.ANSWER
    assert decide(score, score - lead + 0.01).verdict is Verdict.OFFER
    assert decide(score - 0.01).verdict is Verdict.OFFER


def test_far_things_are_not_offered() -> None:
    assert decide(POLICY.offer - 0.01).verdict is Verdict.NONE
    assert decide().verdict is Verdict.NONE
