"""Administrative regions."""

from __future__ import annotations

from kefu_admin.definitions.regions import (
    compile_regions,
    region_label,
    region_prefix,
    regions,
)

SOURCE = [
    {"code": "11", "name": "北京市", "children": [
        {"code": "1101", "name": "市辖区", "children": [{"code": "110105", "name": "朝阳区"}]}]},
    {"code": "44", "name": "广东省", "children": [
        {"code": "4419", "name": "东莞市", "children": [
            {"code": "441900003", "name": "东城街道"}]}]},
]  # fmt: skip


def test_the_table_holds_each_level_by_six_digits_and_no_streets() -> None:
    assert compile_regions(SOURCE) == {
        "110000": "北京市",
        "110100": "北京市/市辖区",
        "110105": "北京市/市辖区/朝阳区",
        "440000": "广东省",
        "441900": "广东省/东莞市",
        "710000": "台湾省",
        "810000": "香港特别行政区",
        "820000": "澳门特别行政区",
    }


def test_regions_are_said_without_levels_that_are_no_place() -> None:
    assert region_label("110105") == "北京市朝阳区"
    assert region_label("999999") == "999999"


def test_every_region_but_a_province_stands_under_another() -> None:
    for code in regions():
        above = code[:2] + "0000" if code.endswith("00") else code[:4] + "00"
        above = "" if code.endswith("0000") else above
        assert above == "" or above in regions()
        assert code.startswith(region_prefix(above) if above else code[:2])
