"""An album in any order, and a message written anew."""

from __future__ import annotations

from channels.message import Attachment, Kind
from dialog.acts import OpenTicket
from dialog.memory import Memory
from tests.dialog.talk import Citizen

LAMP = "天桥区明湖西路12号门口的路灯不亮了，三天了"


def piece(name: str) -> Attachment:
    return Attachment(name, Kind.IMAGE, stored=name)


def test_the_words_first_then_the_photos() -> None:
    talk = Citizen().says(LAMP, piece("a"), kind=Kind.IMAGE, album="9").hears_of("路灯")
    for name in ("b", "c"):
        talk.says("", piece(name), kind=Kind.IMAGE, album="9").hears_nothing()
    opened = talk.says("提交").one(OpenTicket)
    assert isinstance(opened, OpenTicket)
    assert opened.draft.attachments == ("a", "b", "c")


def test_the_photos_first_then_the_words() -> None:
    talk = Citizen().says("", piece("a"), kind=Kind.IMAGE, album="9").hears_of("收到照片")
    talk.says("", piece("b"), kind=Kind.IMAGE, album="9").hears_nothing()
    talk.says(LAMP, piece("c"), kind=Kind.IMAGE, album="9").hears_of("路灯")
    opened = talk.says("提交").one(OpenTicket)
    assert isinstance(opened, OpenTicket)
    assert opened.draft.attachments == ("a", "b", "c")


def test_another_album_and_a_photo_of_its_own_are_answered() -> None:
    talk = Citizen().says("", piece("a"), kind=Kind.IMAGE, album="9").hears_of("收到照片")
    talk.says("", piece("b"), kind=Kind.IMAGE, album="10").hears_of("收到照片")
    talk.says("", piece("c"), kind=Kind.IMAGE).hears_of("收到照片")
    opened = talk.says(LAMP, piece("d"), kind=Kind.IMAGE, album="10").says("提交").one(OpenTicket)
    assert isinstance(opened, OpenTicket)
    assert opened.draft.attachments == ("b", "d")


def test_an_album_spends_no_question_of_a_report() -> None:
    talk = Citizen().says("路灯不亮了").hears_of("在哪")
    asked = talk.memory.slots["asked"]
    talk.says("", piece("a"), kind=Kind.IMAGE, album="9")
    once = talk.memory.slots["asked"]
    for name in ("b", "c", "d"):
        talk.says("", piece(name), kind=Kind.IMAGE, album="9").hears_nothing()
    assert talk.memory.slots["asked"] == once
    assert len(once) <= len(asked) + 1
    assert list(talk.memory.slots["files"]) == ["a", "b", "c", "d"]


def test_danger_in_an_album_is_never_met_with_silence() -> None:
    talk = Citizen().says("", piece("a"), kind=Kind.IMAGE, album="9")
    talk.says("着火了，有人被困", piece("b"), kind=Kind.IMAGE, album="9").hears_of("119")


def test_a_message_written_anew_changes_nothing_by_itself() -> None:
    talk = Citizen().says("路灯不亮了").hears_of("在哪")
    before = talk.memory
    talk.says("历下区的路灯不亮了", kind=Kind.EDITED).hears_of("再发一条新消息")
    assert (talk.memory.flow, talk.memory.step, talk.memory.slots) == (before.flow, before.step, before.slots)
    talk.says("着火了，有人被困", kind=Kind.EDITED).hears_of("119")


def test_the_album_survives_the_store() -> None:
    talk = Citizen().says("", piece("a"), kind=Kind.IMAGE, album="9")
    assert Memory.load(talk.memory.dump()) == talk.memory
