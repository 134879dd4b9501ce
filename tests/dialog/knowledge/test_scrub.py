"""What tells who somebody is goes; what the question is about stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.knowledge.scrub import GONE, scrub


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("请打13800138000找我", "13800138000"),
        ("电话是+86 138-0013-8000", "138-0013-8000"),
        ("座机0531-88886666有人接", "0531-88886666"),
        ("身份证37010219900101123X", "37010219900101123X"),
        ("卡号6222021234567890123", "6222021234567890123"),
        ("发到zhang.san@example.com吧", "zhang.san@example.com"),
        ("我叫张三丰，想问社保", "张三丰"),
        ("姓名：李四，住历下区", "李四"),
        ("我是王小明，孩子上学怎么办", "王小明"),
        ("住阳光小区3号楼2单元501室", "3号楼2单元501"),
        ("微信号abc_12345可以加", "abc_12345"),
        ("车牌鲁A12345被贴条", "鲁A12345"),
    ],
)
def test_it_goes(said: str, gone: str) -> None:
    assert gone not in scrub(said)
    assert GONE in scrub(said)


@pytest.mark.parametrize(
    "said",
    [
        "请问2026年11月15日供暖吗",
        "我是业主，物业费每平米1.5元合理吗",
        "我叫了三次都没人来",
        "公积金最多贷80万元吗",
        "拨打12345和110有什么区别",
        "《泉城市集中供热管理办法》第十二条",
    ],
)
def test_it_stays(said: str) -> None:
    assert scrub(said) == said


@given(st.text(max_size=200))
def test_scrubbing_twice_changes_nothing_more(said: str) -> None:
    assert scrub(scrub(said)) == scrub(said)
