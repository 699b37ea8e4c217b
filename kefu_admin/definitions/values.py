"""How a raw value (form text, JSON, or already canonical) becomes the canonical one, and back.

One pair per kind of value; `field_types` puts them into the table. Blank raw values are None (or
`()` for the many-valued). Only what makes a value one of its type is decided here: ranges, lengths,
patterns and requiredness belong to validation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from kefu_admin.definitions.fields import BadValue, Field
from kefu_admin.definitions.regions import regions
from kefu_admin.definitions.text_rules import identifier, line, paragraphs

LARGEST = 2**63 - 1  # what a 64-bit column holds, also for scaled decimals
MAX_TAGS = 50
MAX_TAG_LENGTH = 40
MAX_MEMBERS = 1000

_WHOLE = re.compile(r"[+-]?\d{1,20}")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_TRUE = frozenset({"true", "1", "yes", "on", "是"})
_FALSE = frozenset({"false", "0", "no", "off", "否"})
_SEPARATORS = re.compile(r"[,，、;；\n]")


def is_blank(raw: object) -> bool:
    """None, an empty or blank text, an empty list."""
    if raw is None:
        return True
    if isinstance(raw, str):
        return not raw.strip()
    return isinstance(raw, (list, tuple)) and not raw


def to_text(field: Field, raw: object) -> str | None:
    """One line of text."""
    return None if is_blank(raw) else line(_str(raw)) or None


def to_long_text(field: Field, raw: object) -> str | None:
    """Text of several lines."""
    return None if is_blank(raw) else paragraphs(_str(raw)) or None


def to_identifier(field: Field, raw: object) -> str | None:
    """A business number or code: wide forms folded."""
    return None if is_blank(raw) else identifier(_str(raw)) or None


def to_integer(field: Field, raw: object) -> int | None:
    """A whole number of at most 64 bits."""
    if is_blank(raw):
        return None
    if isinstance(raw, bool) or not isinstance(raw, (int, str)):
        raise BadValue("not_an_integer")
    if isinstance(raw, str):
        text = _digits(raw)
        if not _WHOLE.fullmatch(text):
            raise BadValue("not_an_integer")
        raw = int(text)
    if abs(raw) > LARGEST:
        raise BadValue("number_too_large")
    return raw


def to_decimal(field: Field, raw: object) -> Decimal | None:
    """An exact number of the field's scale. More decimals than that are refused, not rounded."""
    if is_blank(raw):
        return None
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str, Decimal)):
        raise BadValue("not_a_number")
    text = _digits(raw) if isinstance(raw, str) else str(raw)
    if isinstance(raw, str) and not _NUMBER.fullmatch(text):
        raise BadValue("not_a_number")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise BadValue("not_a_number") from None
    if not number.is_finite():
        raise BadValue("not_a_number")
    if number.adjusted() > 18:
        raise BadValue("number_too_large")
    exact = round(number, field.scale)
    if exact != number:
        raise BadValue("too_many_decimals", scale=field.scale)
    if abs(exact.scaleb(field.scale)) > LARGEST:
        raise BadValue("number_too_large")
    return exact if exact else abs(exact)  # no negative zero


def from_decimal(field: Field, value: object) -> str | None:
    """A number as text with all its decimals."""
    return None if value is None else f"{value:f}"


def to_boolean(field: Field, raw: object) -> bool | None:
    """Yes or no, as JSON, form or Chinese text."""
    if is_blank(raw):
        return None
    if isinstance(raw, bool):
        return raw
    text = str(raw).strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise BadValue("not_a_boolean")


def to_choice(field: Field, raw: object) -> str | None:
    """The id of one of the field's choices (retired ones included: old records hold them)."""
    if is_blank(raw):
        return None
    text = identifier(_str(raw))
    if field.choice(text) is None:
        raise BadValue("not_a_choice", value=text[:40])
    return text


def to_choices(field: Field, raw: object) -> tuple[str, ...]:
    """Ids of choices, each once, in the order of the config."""
    wanted = {to_choice(field, item) for item in _members(raw)}
    return tuple(choice.id for choice in field.choices if choice.id in wanted)


def to_tags(field: Field, raw: object) -> tuple[str, ...]:
    """Free tags, each once, in the order given; text is cut at commas."""
    tags = dict.fromkeys(line(_str(item)) for item in _members(raw) if not is_blank(item))
    if len(tags) > MAX_TAGS:
        raise BadValue("too_many_members", limit=MAX_TAGS)
    for tag in tags:
        if len(tag) > MAX_TAG_LENGTH:
            raise BadValue("tag_too_long", limit=MAX_TAG_LENGTH)
        if "|" in tag or _SEPARATORS.search(tag):
            raise BadValue("bad_tag")
    return tuple(tags)


def to_id(field: Field, raw: object) -> int | None:
    """The id of a record, person, department or file."""
    number = to_integer(field, raw)
    if number is not None and number < 1:
        raise BadValue("not_an_id")
    return number


def to_ids(field: Field, raw: object) -> tuple[int, ...]:
    """Ids, each once, in the order given."""
    ids = dict.fromkeys(to_id(field, item) for item in _members(raw))
    return tuple(id for id in ids if id is not None)


def from_members(field: Field, value: object) -> list[object]:
    """Members as a JSON list."""
    return list(value) if isinstance(value, tuple) else []


def to_region(field: Field, raw: object) -> str | None:
    """A six-digit code, or the names from the province down joined by `/`."""
    if is_blank(raw):
        return None
    text = identifier(_str(raw))
    if text in regions():
        return text
    names = tuple(text.split("/"))
    if len(names) > 1 or not text.isdigit():
        for code, path in regions().items():
            if path == names:
                return code
    raise BadValue("not_a_region")


def to_rows(field: Field, raw: object) -> tuple[Mapping[str, object], ...]:
    """Children: a list of mappings; their values are converted by the owned type's fields."""
    if is_blank(raw):
        return ()
    if not isinstance(raw, (list, tuple)) or not all(isinstance(row, Mapping) for row in raw):
        raise BadValue("not_rows")
    if len(raw) > MAX_MEMBERS:
        raise BadValue("too_many_members", limit=MAX_MEMBERS)
    return tuple({str(key): value for key, value in row.items()} for row in raw)


def from_rows(field: Field, value: object) -> list[object]:
    """Children as a JSON list of objects."""
    return [dict(row) for row in value] if isinstance(value, tuple) else []


def unchanged(field: Field, value: object) -> object:
    """A canonical value that is its own JSON."""
    return value


def _str(raw: object) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    raise BadValue("not_a_text")


def _digits(raw: str) -> str:
    """Number text: wide forms folded, proper thousands separators removed."""
    text = identifier(raw)
    return text.replace(",", "") if _GROUPED.fullmatch(text) else text


def _members(raw: object) -> Sequence[object]:
    if is_blank(raw):
        return ()
    if isinstance(raw, str):
        return [part for part in _SEPARATORS.split(raw) if part.strip()]
    if isinstance(raw, (list, tuple)):
        if len(raw) > MAX_MEMBERS:
            raise BadValue("too_many_members", limit=MAX_MEMBERS)
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        return [raw]
    raise BadValue("not_a_list")
