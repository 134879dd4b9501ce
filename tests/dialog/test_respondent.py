"""Whom a citizen complains about, and the sentences that name nobody."""

import pytest

from dialog.respondent import respondent


@pytest.mark.parametrize(
    ("text", "asked", "name"),
    [
        ("叫“老张烧烤”,半个多月了", True, "老张烧烤"),
        ("明湖西路12号老张烧烤天天冒烟", False, "老张烧烤"),
        ("我要反映小区电梯经常坏物业不管", False, ""),
        ("楼下烧烤店天天晚上冒烟", False, ""),
        ("投诉宏达物业公司乱收费", False, "宏达物业公司"),
        ("泉城某某商贸有限公司,在历下区泉城路8号", True, "泉城某某商贸有限公司"),
        ("不清楚,反正是个工地", True, ""),
        ("叫蓝天健身房", True, "蓝天健身房"),
    ],
)
def test_a_name_or_nothing(text: str, asked: bool, name: str) -> None:
    assert respondent(text, asked=asked) == name
