"""Masks: what of a value is shown to one who may see it only masked.

Applied when a row leaves the store. A mask never shows a value whole, whatever its length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kefu_admin.definitions.fields import Field

HIDDEN = "******"


def phone(value: str) -> str:
    """13800005678 as 138****5678; short numbers show only their last four digits."""
    return _ends(value, 3, 4)


def id_number(value: str) -> str:
    """First three and last four characters."""
    return _ends(value, 3, 4)


def name(value: str) -> str:
    """张三丰 as 张**: the first character, at most three stars."""
    return value[:1] + "*" * min(len(value) - 1, 3) if len(value) > 1 else "*"


def address(value: str) -> str:
    """The first six characters, as a rule province and city."""
    return value[:6] + "****" if len(value) > 8 else "****"


def email(value: str) -> str:
    """zhang@example.com as z***@example.com."""
    local, _, domain = value.partition("@")
    return f"{local[:1] if len(local) > 1 else ''}***@{domain}" if domain else HIDDEN


def everything(value: str) -> str:
    """Nothing is shown, not even the length."""
    return HIDDEN


MASKS: Mapping[str, Callable[[str], str]] = {
    "phone": phone,
    "id_number": id_number,
    "name": name,
    "address": address,
    "email": email,
    "all": everything,
}

_TAILS = {"phone": 4, "id_number": 4}
_LONGER = frozenset({"phone", "id_number"})  # their shortest values are longer than any tail


def visible_tail(mask: str) -> int:
    """How many characters at the end the mask shows: what one who sees it masked may search."""
    return _TAILS.get(mask, 0)


def searchable_tail(field: Field) -> int:
    """How many characters at the end of the field's values one who sees them masked may ask for: no
    more than the mask shows of every one of them. 0 where a value may be so short that the mask
    hides it whole, and for encrypted fields."""
    tail = visible_tail(field.mask)
    is_longer = field.type in _LONGER or field.min_length > tail
    return tail if is_longer and not field.encrypted else 0


def _ends(value: str, first: int, last: int) -> str:
    """First and last characters around four stars or more; the first only where enough is left."""
    if len(value) <= last:
        return "*" * max(len(value), 4)
    if len(value) < first + last + 4:
        return "*" * (len(value) - last) + value[-last:]
    if len(value) > 12:
        return value[:first] + "*" * (len(value) - first - last) + value[-last:]
    return value[:first] + "****" + value[-last:]
