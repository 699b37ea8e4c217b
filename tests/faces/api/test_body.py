"""Bodies and parameters are read strictly: what a lenient reader would guess at is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kefu_admin.faces.api import body
from kefu_admin.problems import BadRequest, Invalid, UnknownParameter


@pytest.fixture(autouse=True)
def _chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside a request there is no caller whose language could be asked."""
    monkeypatch.setattr(body, "locale", lambda: "zh")


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (b"{", "不是合法的 JSON。"),
        (b"", "不是合法的 JSON。"),
        (b'{"a": 1, "a": 2}', "JSON 中的键“a”出现了两次。"),
        (b'{"a": {"b": 1, "b": 2}}', "JSON 中的键“b”出现了两次。"),
        (b'{"a": NaN}', "JSON 中不能有 NaN。"),
        (b'{"a": -Infinity}', "JSON 中不能有 -Infinity。"),
        (b"[" * 5000 + b"]" * 5000, "不是合法的 JSON。"),
        (b"[" * 40 + b"]" * 40, "JSON 嵌套太深。"),
        (b'{"a": "\\ud800"}', "不是合法的 JSON。"),
        (b'{"\\ud800": 1}', "不是合法的 JSON。"),
        ('{"a": "客户"}'.encode("gb18030"), "不是合法的 JSON。"),
        (b'{"a": 1' + b"0" * 5000 + b"}", "不是合法的 JSON。"),
    ],
)
def test_json_that_could_be_misread_is_refused(raw: bytes, detail: str) -> None:
    with pytest.raises(BadRequest) as refused:
        body.parse_json(raw)

    assert refused.value.facts["detail"] == detail


def test_fractions_stay_exact() -> None:
    assert body.parse_json(b'{"amount": 0.1}') == {"amount": Decimal("0.1")}


@pytest.mark.parametrize("raw", ["0", "201", "1.0", "", "１", "1e2", True, 0, 2.0, None])
def test_a_number_out_of_bounds_is_refused_not_clamped(raw: object) -> None:
    with pytest.raises(Invalid) as refused:
        body.whole("limit", raw, least=1, most=200)

    assert [(error.field, error.code) for error in refused.value.errors] == [
        ("limit", "parameter_whole")
    ]


@pytest.mark.parametrize("raw", ["name,,code", "", "a,a", ["a", 1], {"a": 1}, None, 7])
def test_a_list_of_names_holds_each_name_once(raw: object) -> None:
    with pytest.raises(Invalid):
        body.names_of("fields", raw)


def test_an_unknown_key_is_named() -> None:
    with pytest.raises(UnknownParameter) as refused:
        body.known({"field": "phone", "colour": 1}, ("field", "reason"))

    assert refused.value.facts == {"name": "colour"}
