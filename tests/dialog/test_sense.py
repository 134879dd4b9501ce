"""The sense of danger is what the trainer makes of the examples, and hears what no rule names."""

import json

from dialog.sense import DANGER, WEIGHTS, grams, read, sense
from training.danger.examples import examples
from training.danger.learn import learned

CLOSE = 0.05
"""How far a weight may be from the trainer's: another machine's arithmetic rounds otherwise."""


def test_grams_are_runs_of_one_two_and_three():
    assert sorted(grams("救火")) == sorted(["^", "救", "火", "$", "^救", "救火", "火$", "^救火", "救火$"])
    assert list(grams("")) == ["^", "$", "^$"]


def test_the_weights_are_what_the_trainer_makes():
    packed, made = json.loads(WEIGHTS.read_text("utf-8")), learned(examples())
    assert packed.keys() == made.keys()
    for name, (bias, weights) in made.items():
        was_bias, was = packed[name]
        assert abs(bias - was_bias) <= 3, name
        heavy = {gram for gram in {*weights, *was} if max(abs(weights.get(gram, 0)), abs(was.get(gram, 0))) > 20}
        assert heavy
        assert not [gram for gram in heavy if abs(weights.get(gram, 0) - was.get(gram, 0)) > 3], name


def test_a_sense_is_bias_and_the_weights_of_what_it_hears():
    small = read({DANGER: [-100, {"火": 300, "火了": 500}], "fire": [0, {"火": 1}], "gas": [0, {"气": 1}]})
    assert small.score("今天去吃饭好吗") == -1.0
    assert small.score("今天着火了") > small.score("今天看见火光") > -1.0
    assert small.kind("火") == "fire"
    assert small.kind("气") == "gas"


def test_saying_it_in_a_longer_message_does_not_make_it_louder():
    assert sense().score("孩子掉河里了") > sense().score("孩子掉河里了" + "今天天气很好我们去公园散步看花" * 5)
