"""What is indexed of a text: its pairs of characters, written as plain ASCII words.

Every token begins with the type's number and the field's letter, so that one index serves all types
and a search may be held to the fields a person sees. What follows says what it stands for: `x` a
pair (of the last character: itself), `b` the pair a short text begins with, `e` a short text as a
whole, `s` and `i` its pinyin, `y` the end a mask shows (last four digits): one who sees the field
masked is found by that and nothing else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import add
from zlib import crc32

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import storage, value_type
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.masks import searchable_tail
from kefu_admin.store.search.pinyin import Pinyin, pinyin

VERSION = 3  # raise when tokens change: every desk then builds its index anew
LONGEST = 4000  # characters of a value that are indexed
_VALUES_KEPT = 2_000  # of a field, of at most so many characters: 5 MB
_KEPT_LENGTH = 200
_PAIRS_KEPT = 50_000  # some 180 bytes each
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def normal(text: str) -> str:
    """The form texts are compared in: compatibility characters and case folded."""
    if text.isascii():
        return text.lower()
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


@dataclass(frozen=True, slots=True)
class _Written:
    """How one field is indexed: its id, what its tokens begin with, whether its whole and its
    beginning are indexed, its pinyin (None: not), and how many characters a mask shows."""

    name: str
    prefix: str
    has_ends: bool
    heard: Pinyin | None
    shown: int
    known: dict[str, str] = field(default_factory=dict)  # tokens of the values met lately

    def tokens(self, value: str) -> str:
        """The tokens of a value."""
        words = _words(normal(value[:LONGEST]), self)
        made = self.prefix + f" {self.prefix}".join(words)
        if len(value) <= _KEPT_LENGTH:
            if len(self.known) >= _VALUES_KEPT:
                self.known.clear()
            self.known[value] = made
        return made


class Writer:
    """Writes the tokens of records of one type, by its `indexed_fields` and its number. What stays
    in a record, and what many of them have, is taken apart once."""

    def __init__(self, fields: Sequence[Field], number: int, alike: frozenset[str]) -> None:
        self._fields = [
            _Written(
                one.id,
                f"t{number}{letter}",
                storage(one) is Storage.TEXT,
                pinyin(alike) if spoken(one) else None,
                searchable_tail(one),
            )
            for letter, one in zip(_LETTERS, fields, strict=False)
        ]

    def __call__(self, values: Mapping[str, object]) -> str:
        """The tokens of a record, in order; "" for none."""
        written: list[str] = []
        for one in self._fields:
            value = values.get(one.name)
            if isinstance(value, str) and value:
                written.append(one.known.get(value) or one.tokens(value))
        return " ".join(written)


def _words(text: str, one: _Written) -> list[str]:
    """The tokens of a value (normal form) without their prefix."""
    words = [_whole(text), _beginning(text)] if one.has_ends else []
    words += _pairs(text)
    words.append(_PAIRS[text[-1]])
    if one.heard is not None:
        words += one.heard.words(text)
    if one.shown:
        words += _tails(text, one.shown)
    return words


def prefix_of(type: ContentType, number: int, name: str) -> str:
    """What every token of a field begins with."""
    return f"t{number}{_LETTERS[[one.id for one in indexed_fields(type)].index(name)]}"


def pairs(text: str, prefix: str) -> list[str]:
    """The tokens that stand next to each other where a field holds the text."""
    return [prefix + word for word in _pairs(text)]


def single(character: str, prefix: str) -> str:
    """What a token begins with where a field holds the character."""
    return prefix + _PAIRS[character]


def beginning(text: str, prefix: str) -> str:
    """The token in front of the pairs of a value that begins with the text; of one character: what
    the token begins with."""
    return prefix + _beginning(text)


def whole(text: str, prefix: str) -> str:
    """The token of a value that is the text; now and then that of another one."""
    return prefix + _whole(text)


def tail(text: str, prefix: str) -> str:
    """The token of a value whose shown end is the text."""
    return prefix + _tail(text)


def _pairs(text: str) -> Iterator[str]:
    return map(_PAIRS.__getitem__, map(add, text, text[1:]))


def _beginning(text: str) -> str:
    return "b" + _PAIRS[text[:2]][1:]


def _whole(text: str) -> str:
    return f"e{crc32(text.encode()):08x}"


def _tail(text: str) -> str:
    return "y" + "g".join([f"{ord(one):x}" for one in text])


def _tails(text: str, most: int) -> list[str]:
    """The shown ends of a value, of one character and up to `most`; of a shorter one it is whole
    in those it does not fill."""
    made: list[str] = []
    end = ""
    for one in reversed(text[-most:]):
        end = f"{ord(one):x}g{end}" if end else f"{ord(one):x}"
        made.append(f"y{end}")
    return made + [made[-1]] * (most - len(made))


class _Pairs(dict[str, str]):
    """The token of each pair of characters (at the end: one) met lately."""

    def __missing__(self, pair: str) -> str:
        if len(self) >= _PAIRS_KEPT:
            self.clear()
        codes = [f"{ord(one):x}" for one in pair]
        token = self[pair] = f"x{codes[0]}g{''.join(codes[1:])}"
        return token


_PAIRS = _Pairs()
