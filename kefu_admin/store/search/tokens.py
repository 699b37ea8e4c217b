"""What is indexed of a text: its pairs of characters, written as plain ASCII words.

Every token begins with the type's number and the field's letter, so that one index serves all types
and a search may be held to the fields a person sees. What follows says what it stands for: `x` a
pair (of the last character: itself), `b` the pair a short text begins with, `e` a short text as a
whole, `s` and `i` its pinyin, `y` the end a mask shows (last four digits): one who sees the field
masked is found by that and nothing else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from itertools import pairwise
from zlib import crc32

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import storage, value_type
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.masks import searchable_tail
from kefu_admin.store.search.pinyin import pinyin

VERSION = 3  # raise when tokens change: every desk then builds its index anew
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


def followed_fields(type: ContentType) -> tuple[Field, ...]:
    """The search fields that are references: what they lead to is searched in its own index."""
    return tuple(one for name in type.search if (one := type.fields[name]).type == "reference")


def spoken(field: Field) -> bool:
    """Whether a search field is also found by its pinyin: names and other texts of one line."""
    return value_type(field).id == "text"


def signature(type: ContentType, alike: frozenset[str]) -> str:
    """Changes whenever rows of the type would be indexed otherwise."""
    fields = ",".join(f"{one.id}:{searchable_tail(one)}" for one in indexed_fields(type))
    return f"{VERSION} {type.id} {fields} {','.join(sorted(alike))}" if fields else ""


def tokens(
    fields: Sequence[Field], number: int, values: Mapping[str, object], alike: frozenset[str]
) -> str:
    """The tokens of a record by its type's `indexed_fields`, in order; "" for none."""
    words: list[str] = []
    for letter, one in zip(_LETTERS, fields, strict=False):
        value = values.get(one.id)
        if not isinstance(value, str) or not value:
            continue
        text = normal(value[:LONGEST])
        prefix = f"t{number}{letter}"
        if storage(one) is Storage.TEXT:
            words += [whole(text, prefix), beginning(text, prefix)]
        words += pairs(text, prefix)
        words.append(f"{prefix}x{_HEX[text[-1]]}g")
        if spoken(one):
            words += pinyin(alike).words(text, prefix)
        shown = searchable_tail(one)
        words += [tail(text[-size:], prefix) for size in range(1, shown + 1)]
    return " ".join(words)


def prefix_of(type: ContentType, number: int, name: str) -> str:
    """What every token of a field begins with."""
    return f"t{number}{_LETTERS[[one.id for one in indexed_fields(type)].index(name)]}"


def pairs(text: str, prefix: str) -> list[str]:
    """The tokens that stand next to each other where a field holds the text."""
    codes = [_HEX[one] for one in text]
    return [f"{prefix}x{one}g{other}" for one, other in pairwise(codes)]


def single(character: str, prefix: str) -> str:
    """What a token begins with where a field holds the character."""
    return f"{prefix}x{_HEX[character]}g"


def beginning(text: str, prefix: str) -> str:
    """The token in front of the pairs of a value that begins with the text; of one character: what
    the token begins with."""
    return f"{prefix}b{_HEX[text[0]]}g" + (_HEX[text[1]] if len(text) > 1 else "")


def whole(text: str, prefix: str) -> str:
    """The token of a value that is the text; now and then that of another one."""
    return f"{prefix}e{crc32(text.encode()):08x}"


def tail(text: str, prefix: str) -> str:
    """The token of a value whose shown end is the text."""
    return f"{prefix}y" + "g".join([_HEX[one] for one in text])


class _Hex(dict[str, str]):
    """The hexadecimal code of each character met so far: some thousand in any language."""

    def __missing__(self, one: str) -> str:
        code = self[one] = f"{ord(one):x}"
        return code


_HEX = _Hex()
