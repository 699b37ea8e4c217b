"""What masks leave to be seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu_admin.definitions.masks import MASKS, visible_tail

CANONICAL = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="*"), min_size=1
)


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        ("phone", "13800005678", "138****5678"),
        ("phone", "010-65521234", "010****1234"),
        ("phone", "95588", "*5588"),
        ("phone", "110", "****"),
        ("id_number", "11010519491231002X", "110***********002X"),
        ("name", "张三丰", "张**"),
        ("name", "张", "*"),
        ("name", "甲乙丙丁有限公司", "甲***"),
        ("address", "北京市朝阳区某路1号", "北京市朝阳区****"),
        ("address", "某路1号", "****"),
        ("email", "zhang@example.com", "z***@example.com"),
        ("email", "z@example.com", "***@example.com"),
        ("all", "anything", "******"),
    ],
)
def test_masks_show_what_people_expect(mask: str, value: str, shown: str) -> None:
    assert MASKS[mask](value) == shown


@pytest.mark.parametrize("mask", MASKS)
@given(value=CANONICAL)
def test_no_mask_shows_a_value_whole(mask: str, value: str) -> None:
    shown = MASKS[mask](value)

    assert shown != value
    assert "*" in shown


@pytest.mark.parametrize("mask", MASKS)
@given(value=CANONICAL)
def test_the_tail_that_may_be_searched_is_the_tail_that_is_shown(mask: str, value: str) -> None:
    tail = visible_tail(mask)

    if tail and len(value) > tail:
        assert MASKS[mask](value)[-tail:] == value[-tail:]
