"""The digits behind our number: sent with a notice, and read again in the answer to it."""

from __future__ import annotations

import pytest

from channels.message import Notice, Say
from channels.sms.extension import about, extension
from channels.sms.settings import SmsSettings

NOTICE = Notice("survey.ask", {"number": "2609180002175"}, "问题是否解决？")


def settings(**more: object) -> SmsSettings:
    given = {"provider": "cmpp", "host": "h", "port": 1, "user": "901783", "password": "p", "number": "1065712345"}
    return SmsSettings.model_validate(given | {"sign_name": "泉城12345"} | more)


@pytest.mark.parametrize(
    ("own", "digits", "body", "sent"),
    [
        ("12", 4, NOTICE, "122175"),
        ("", 4, NOTICE, "2175"),
        ("12", 2, NOTICE, "1275"),
        ("12", 0, NOTICE, "12"),
        ("12", 4, Say("您好"), "12"),
        ("12", 4, Notice("agent.joined", {"name": "王"}, "您好"), "12"),
    ],
)
def test_what_is_sent_is_understood_again(own, digits, body, sent):
    one = settings(reply_extension=own, ticket_digits=digits)
    assert extension(body, one) == sent
    assert about(sent, one) == (sent[len(own) :] if digits and len(sent) > len(own) else "")


@pytest.mark.parametrize("written", ["", "12", "13", "12217", "1221750", "12abcd", "1306900"])
def test_other_digits_say_nothing(written):
    assert about(written, settings(reply_extension="12", ticket_digits=4)) == ""


def test_a_gateway_may_give_the_whole_number():
    assert about("1065712345122175", settings(reply_extension="12", ticket_digits=4)) == "2175"


def test_the_whole_number_must_fit_the_wire():
    with pytest.raises(ValueError, match="longer than 20 digits"):
        settings(number="1" * 16, reply_extension="12", ticket_digits=4)
