"""What is indexed of a text: its pairs of characters, written as plain ASCII words.

Every token begins with the type's number and the field's letter, so that one index serves all types
and a search may be held to the fields a person sees. The end a mask shows (last four digits) is
indexed apart: one who sees the field masked is found by that and nothing else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from itertools import pairwise

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import storage, value_type
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.masks import searchable_tail

VERSION = 1  # raise when tokens change: every desk then builds its index anew
LONGEST = 4000  # characters of a value that are indexed
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def normal(text: str) -> str:
    """The form texts are compared in: compatibility characters and case folded."""
    return unicodedata.normalize("NFKC", text).casefold()


def indexed_fields(type: ContentType) -> tuple[Field, ...]:
    """The search fields the index holds: plain text, not encrypted, kept by the record itself."""
    return tuple(
        one
        for name in type.search[: len(_LETTERS)]
        if (one := type.fields[name]).rollup is None
        and not (one.formula is not None and one.formula.uses_now)
        and storage(one) in (Storage.TEXT, Storage.LONG_TEXT)
        and value_type(one).id not in ("choice", "region")
    )


def signature(type: ContentType) -> str:
    """Changes whenever rows of the type would be indexed otherwise."""
    fields = ",".join(f"{one.id}:{searchable_tail(one)}" for one in indexed_fields(type))
    return f"{VERSION} {type.id} {fields}" if fields else ""


def tokens(fields: Sequence[Field], number: int, values: Mapping[str, object]) -> str:
    """The tokens of a record by its type's `indexed_fields`, in order; "" for none."""
    words: list[str] = []
    for letter, one in zip(_LETTERS, fields, strict=False):
        value = values.get(one.id)
        if not isinstance(value, str) or not value:
            continue
        text = normal(value[:LONGEST])
        words += _pairs(text, f"t{number}{letter}x")
        shown = searchable_tail(one)
        words += [_word(text[-size:], f"t{number}{letter}y") for size in range(1, shown + 1)]
    return " ".join(words)


def phrase(type: ContentType, number: int, name: str, word: str) -> tuple[str, ...]:
    """The tokens that stand next to each other where the field holds the word (normal form, at
    least two characters)."""
    return tuple(_pairs(word, f"t{number}{_letter(type, name)}x"))


def tail(type: ContentType, number: int, name: str, word: str) -> str:
    """The token of a value whose shown end is the word."""
    return _word(word, f"t{number}{_letter(type, name)}y")


def _letter(type: ContentType, name: str) -> str:
    return _LETTERS[[one.id for one in indexed_fields(type)].index(name)]


def _pairs(text: str, prefix: str) -> list[str]:
    codes = [_HEX[one] for one in text]
    return [f"{prefix}{one}g{other}" for one, other in pairwise(codes)]


def _word(characters: str, prefix: str) -> str:
    return prefix + "g".join([_HEX[one] for one in characters])


class _Hex(dict[str, str]):
    """The hexadecimal code of each character met so far: some thousand in any language."""

    def __missing__(self, one: str) -> str:
        code = self[one] = f"{ord(one):x}"
        return code


_HEX = _Hex()
