"""Which column of a file probably holds which field."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kefu_admin.definitions.label import Label
from kefu_admin.operations.imports import suggested
from tests.factories import field

FIELDS = [
    replace(field(id), label=label)
    for id, label in {
        "name": Label("名称", "Name"),
        "phone": Label("电话", "Phone"),
        "region": Label("所在地区", "Region"),
        "address": Label("详细地址", "Address"),
    }.items()
]


@pytest.mark.parametrize(
    ("heads", "found"),
    [
        (("电话", "名称"), {0: "phone", 1: "name"}),
        (("*名称", "PHONE", "region"), {0: "name", 1: "phone", 2: "region"}),
        (("客户名称", "联系电话", "地址"), {0: "name", 1: "phone", 2: "address"}),
        (("名称", "客户名称"), {0: "name"}),
        (("客户名称", "名称"), {1: "name"}),
        (("名称和电话",), {}),
        (("址", "", "备注"), {}),
    ],
)
def test_heads_say_their_fields(heads: tuple[str, ...], found: dict[int, str]) -> None:
    assert suggested(FIELDS, heads) == found
