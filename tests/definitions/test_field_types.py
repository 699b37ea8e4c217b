"""Every field type's converter and its inverse."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kefu_admin.definitions.condition import Op
from kefu_admin.definitions.field_types import (
    FIELD_TYPES,
    convert,
    operators,
    plain,
    register,
    sortable,
    storage,
    value_type,
)
from kefu_admin.definitions.fields import BadValue, Field, Storage
from kefu_admin.definitions.identifiers import check_digit
from kefu_admin.definitions.regions import regions
from tests.factories import choice, field

FREE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), max_size=40)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def bad(one: Field, raw: object) -> str:
    """The code a raw value is refused with."""
    with pytest.raises(BadValue) as refused:
        convert(one, raw)
    return refused.value.code


def accepted(one: Field, raw: object) -> object:
    """The canonical value, or a discarded example."""
    try:
        return convert(one, raw)
    except BadValue:
        assume(False)
        raise


# what may come in, by field type; the canonical value must survive JSON
RAW: dict[str, st.SearchStrategy[Any]] = {
    "text": FREE,
    "long_text": FREE,
    "address": FREE,
    "number": FREE,
    "integer": st.integers(-(2**63) + 1, 2**63 - 1),
    "decimal": st.decimals(-(10**14), 10**14, places=2),
    "money": st.decimals(-(10**14), 10**14, places=2).map(str),
    "boolean": st.booleans(),
    "date": st.dates(date(1000, 1, 1)),
    "datetime": st.datetimes(datetime(1000, 1, 2), datetime(9999, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds must be naive
    "time": st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    "duration": st.integers(0, 10**9),
    "choice": st.sampled_from("abc"),
    "multi_choice": st.lists(st.sampled_from("abc")),
    "tags": st.lists(FREE, max_size=8),
    "phone": st.from_regex(r"\A1[3-9][0-9]{9}\Z"),
    "id_number": st.dates(date(1900, 1, 1), date(2020, 1, 1)).map(
        lambda day: f"110101{day:%Y%m%d}123" + check_digit(f"110101{day:%Y%m%d}123")
    ),
    "email": st.emails(),
    "url": FREE.map("https://example.com/".__add__),
    "region": st.sampled_from(sorted(regions())),
    "person": st.integers(1, 10**9),
    "department": st.integers(1, 10**9),
    "reference": st.integers(1, 10**9),
    "references": st.lists(st.integers(1, 10**9), max_size=8),
    "children": st.lists(st.dictionaries(FREE, FREE, max_size=3), max_size=3),
    "attachment": st.integers(1, 10**9),
    "attachments": st.lists(st.integers(1, 10**9), max_size=8),
    "image": st.integers(1, 10**9),
    "images": st.lists(st.integers(1, 10**9), max_size=8),
    "computed": st.decimals(-(10**9), 10**9, places=2),
    "rollup": st.integers(0, 10**9),
}
FIELDS = {
    "decimal": field("f", "decimal", scale=2),
    "money": field("f", "money", scale=2),
    "choice": choice("f", "a", "b", "c"),
    "multi_choice": field("f", "multi_choice", choices=choice("f", "a", "b", "c").choices),
    "computed": field("f", "computed", result="decimal", scale=2),
    "rollup": field("f", "rollup", result="integer"),
}


def test_every_field_type_is_tried_below() -> None:
    assert RAW.keys() == FIELD_TYPES.keys()


@pytest.mark.parametrize("type_id", FIELD_TYPES)
@given(data=st.data())
def test_a_value_survives_its_json(type_id: str, data: st.DataObject) -> None:
    one = FIELDS.get(type_id, field("f", type_id))
    value = accepted(one, data.draw(RAW[type_id]))

    assert convert(one, value) == value
    assert convert(one, plain(one, value)) == value


@pytest.mark.parametrize("type_id", FIELD_TYPES)
@pytest.mark.parametrize("blank", [None, "", "  \n"])
def test_blank_is_absent(type_id: str, blank: object) -> None:
    one = FIELDS.get(type_id, field("f", type_id))

    assert convert(one, blank) == (() if FIELD_TYPES[type_id].many else None)


@pytest.mark.parametrize("type_id", FIELD_TYPES)
@pytest.mark.parametrize("odd", [{"a": 1}, object(), [[1]], float("nan"), b"x", "\x00", "\ud800"])
def test_odd_values_are_refused_in_words(type_id: str, odd: object) -> None:
    one = FIELDS.get(type_id, field("f", type_id))

    assert bad(one, odd)


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("13800005678", "13800005678"),
        ("+86 138 0000 5678", "13800005678"),
        ("0086-138-0000-5678", "13800005678"),
        ("１３８００００５６７８", "13800005678"),
        (13800005678, "13800005678"),
        ("(010) 6552-1234", "010-65521234"),
        ("01065521234", "010-65521234"),
        ("0755 2234567", "0755-2234567"),
        ("0755-22345678-12", "0755-22345678-12"),
        ("0755-22345678转12", "0755-22345678-12"),
        ("400-123-4567", "4001234567"),
        ("8008208820", "8008208820"),
        ("95588", "95588"),
        ("12345", "12345"),
        ("+852 2345 6789", "+85223456789"),
    ],
)
def test_phones_have_one_spelling(raw: object, canonical: str) -> None:
    assert convert(field("f", "phone"), raw) == canonical


@pytest.mark.parametrize(
    "raw", ["12800005678", "1380000567", "138000056789", "65521234", "010-15521234", "12", "abc"]
)
def test_what_is_no_phone_is_refused(raw: str) -> None:
    assert bad(field("f", "phone"), raw) == "not_a_phone"


def test_an_id_number_needs_its_check_digit_and_a_real_birth_date() -> None:
    one = field("f", "id_number")

    assert convert(one, "11010519491231002x") == "11010519491231002X"
    assert bad(one, "110105194912310021") == "id_number_check_digit"
    assert bad(one, "110105194902300027") == "id_number_birth_date"
    assert bad(one, "110105491231002") == "not_an_id_number"


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("HTTPS://Example.COM/A?b=c#d", "https://example.com/A?b=c#d"),
        ("http://10.0.0.1:8080/", "http://10.0.0.1:8080/"),
        ("http://[::1]:80/", "http://[::1]:80/"),
    ],
)
def test_a_url_keeps_its_path(raw: str, canonical: str) -> None:
    assert convert(field("f", "url"), raw) == canonical


@pytest.mark.parametrize(
    "raw",
    ["javascript:alert(1)", "ftp://a.b", "https://", "//a.b", "a.b", "https://u:p@a.b",
     "https://a b", "https://a.b/<x>", "http://a.b:99999", "data:text/html,x", "https://a.b\\@c.d"],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(raw: str) -> None:
    assert bad(field("f", "url"), raw) == "not_a_url"


@pytest.mark.parametrize("raw", ["a@b", "a b@c.de", "a@@c.de", "@c.de", "a@c..de", "a@-c.de"])
def test_what_is_no_email_is_refused(raw: str) -> None:
    assert bad(field("f", "email"), raw) == "not_an_email"


@pytest.mark.parametrize(
    ("raw", "value"),
    [("1,234.50", "1234.50"), ("１２", "12.00"), (".5", "0.50"), ("-0", "0.00"), (0.1, "0.10"),
     ("+3", "3.00")],
)  # fmt: skip
def test_money_is_exact(raw: object, value: str) -> None:
    converted = convert(field("f", "money", scale=2), raw)

    assert converted == Decimal(value)
    assert str(converted) == value


@pytest.mark.parametrize(
    ("raw", "code"),
    [("1.005", "too_many_decimals"), ("1e3", "not_a_number"), ("1,23", "not_a_number"),
     ("Infinity", "not_a_number"), (True, "not_a_number"), ("9" * 30, "number_too_large"),
     ("1_000", "not_a_number")],
)  # fmt: skip
def test_money_refuses_what_it_would_have_to_guess(raw: object, code: str) -> None:
    assert bad(field("f", "money", scale=2), raw) == code


@pytest.mark.parametrize(
    ("raw", "day"),
    [("2024-02-29", (2024, 2, 29)), ("2024/5/1", (2024, 5, 1)), ("2024.5.1", (2024, 5, 1)),
     ("2024年5月1日", (2024, 5, 1))],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(raw: str, day: tuple[int, int, int]) -> None:
    assert convert(field("f", "date"), raw) == date(*day)


@pytest.mark.parametrize("raw", ["2023-02-29", "0999-01-01", "2024-13-01"])
def test_a_day_that_never_was_is_refused(raw: str) -> None:
    assert bad(field("f", "date"), raw) == "no_such_day"


def test_naive_times_are_local_to_the_project() -> None:
    at = datetime(2024, 5, 1, 1, 30, tzinfo=UTC)

    assert convert(field("f", "datetime"), "2024-05-01 09:30") == at
    assert convert(field("f", "datetime"), "2024-05-01T09:30") == at
    assert convert(field("f", "datetime"), "2024-05-01T03:30:00+02:00") == at
    assert convert(field("f", "datetime", zone="UTC"), "2024-05-01 01:30") == at
    assert plain(field("f", "datetime"), at) == "2024-05-01T01:30:00Z"


def test_a_local_time_the_clocks_skip_is_refused() -> None:
    one = field("f", "datetime", zone="Europe/Berlin")

    assert bad(one, "2024-03-31 02:30") == "no_such_local_time"


@pytest.mark.parametrize(
    ("raw", "minutes"),
    [
        (90, 90),
        ("90", 90),
        ("1:30", 90),
        ("1小时30分", 90),
        ("1h30m", 90),
        ("2天", 2880),
        ("45分钟", 45),
    ],
)
def test_durations_are_minutes(raw: object, minutes: int) -> None:
    assert convert(field("f", "duration"), raw) == minutes


def test_times_of_day_have_minutes_only() -> None:
    one = field("f", "time")

    assert convert(one, "9:05") == time(9, 5)
    assert bad(one, "24:00") == "not_a_time"
    assert bad(one, "9:05:30") == "not_a_time"


def test_regions_are_codes_or_names() -> None:
    one = field("f", "region")

    assert convert(one, "110105") == "110105"
    assert convert(one, "广东省/东莞市") == "441900"
    assert bad(one, "110000000") == "not_a_region"
    assert bad(one, "北京") == "not_a_region"


def test_tags_keep_their_order_and_lose_their_doubles() -> None:
    one = field("f", "tags")

    assert convert(one, "重要，新, 重要") == ("重要", "新")
    assert bad(one, ["a|b"]) == "bad_tag"
    assert bad(one, ["x" * 41]) == "tag_too_long"


def test_choices_stand_in_the_order_of_the_config() -> None:
    assert convert(FIELDS["multi_choice"], ["c", "a", "c"]) == ("a", "c")
    assert bad(FIELDS["choice"], "z") == "not_a_choice"


def test_text_is_in_its_normal_form() -> None:
    assert convert(field("f"), " e\u0301 ") == "é"
    assert convert(field("f", "long_text"), "a\r\nb") == "a\nb"
    assert bad(field("f"), "a\nb") == "bad_character"
    assert bad(field("f"), "a\u202eb") == "bad_character"
    assert convert(field("f", "number"), "ＫＨ２０２４—０１") == "KH2024-01"


def test_an_encrypted_field_knows_only_its_hash() -> None:
    one = field("f", "id_number", encrypted=True)

    assert storage(one) is Storage.SECRET
    assert operators(one) == {Op.EQ, Op.NE, Op.IN, Op.NOT_IN, Op.IS_EMPTY}
    assert not sortable(one)


def test_computed_values_are_of_their_results_type() -> None:
    assert value_type(FIELDS["computed"]).id == "decimal"
    assert value_type(field("f")).id == "text"


def test_a_field_type_is_registered_once() -> None:
    with pytest.raises(ValueError, match="'text' exists"):
        register(FIELD_TYPES["text"])


def test_every_field_type_has_a_label_in_both_languages() -> None:
    assert all(type.label.zh and type.label.en for type in FIELD_TYPES.values())
