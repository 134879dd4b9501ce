"""The place begins where its name begins, whatever was said before it."""

import pytest

from dialog.districts import Found, locate
from dialog.lexicon import fold
from tests.dialog.talk import city


@pytest.mark.parametrize(
    "opening",
    [
        "", "我要举报", "我要投诉", "我想咨询", "我想咨询一下", "请问", "关于", "我建议", "我要表扬", "想反映一下", "我家住在",
        "我家在", "位于", "您好,我要反映", "麻烦你们管管", "强烈谴责", "昨天晚上", "我们", "你好",
    ],
)  # fmt: skip
def test_no_opening_is_part_of_the_place(opening):
    found = locate(fold(opening + "钢城区历山路44号有人违法搭建"), city())
    assert found == Found("10", "钢城区历山路44号")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("我要举报历山路44号有人违法搭建", "历山路44号"),
        ("请问明湖小区3号楼的电梯谁管", "明湖小区3号楼"),
        ("我家住在和平路12号", "和平路12号"),
        ("投诉三里庄村的污水", "三里庄村"),
        ("我们七里山路的路灯坏了", "七里山路"),
        ("昨天晚上花园路20号停电", "花园路20号"),
        ("希望小学门口堵车", "希望小学门口"),
        ("我要投诉汽车站的出租车", "汽车站"),
        ("实验中学路灯坏了", "实验中学"),
    ],
)
def test_the_name_of_the_place_is_whole(text, place):
    assert locate(fold(text), city()).place == place


@pytest.mark.parametrize("text", ["我要举报村干部", "我们小区停水两天了", "我要感谢社区民警", "咱这里的暖气不热"])
def test_what_names_no_place_is_none(text):
    assert locate(fold(text), city()).place == ""
