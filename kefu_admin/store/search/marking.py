"""Where a text holds a word, and how closely: what a list marks and hits are ranked by."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from unicodedata import is_normalized

from kefu_admin.store.search.pinyin import Part, Pinyin, Reading, pinyin
from kefu_admin.store.search.tokens import normal


class Closeness(IntEnum):
    """How a text holds a word; the lower, the closer."""

    IS = 0
    BEGINS = 1
    HOLDS = 2
    SPOKEN = 3
    NOT = 4


Span = tuple[int, int]
"""Characters of a text, from and up to."""


def closeness(text: str, word: str, *, spoken: bool, alike: frozenset[str]) -> Closeness:
    """How a text holds a word (normal form). `spoken`: also as pinyin."""
    plain = normal(text)
    if plain == word:
        return Closeness.IS
    if plain.startswith(word):
        return Closeness.BEGINS
    if word in plain:
        return Closeness.HOLDS
    if spoken and _as_pinyin(plain, word, pinyin(alike)) is not None:
        return Closeness.SPOKEN
    return Closeness.NOT


def places(
    text: str, words: Sequence[str], *, spoken: bool, alike: frozenset[str]
) -> tuple[Span, ...]:
    """What of a text the words (normal form) are found by, in order, without overlap: every place
    that holds one; else the first that is read so."""
    plain, origins = _folded(text)
    found: list[Span] = []
    for word in words:
        spans = _as_written(plain, word)
        if not spans and spoken and (read := _as_pinyin(plain, word, pinyin(alike))) is not None:
            spans = [read]
        found += [(origins[first], origins[end - 1] + 1) for first, end in spans]
    return _merged(found)


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """A text in normal form, and which of its characters each one there comes from."""
    if is_normalized("NFKC", text) and len(plain := text.casefold()) == len(text):
        return plain, range(len(text))
    pieces = [normal(one) for one in text]
    return "".join(pieces), [at for at, piece in enumerate(pieces) for _ in piece]


def _as_written(text: str, word: str) -> list[Span]:
    found: list[Span] = []
    at = text.find(word)
    while at >= 0:
        found.append((at, at + len(word)))
        at = text.find(word, at + len(word))
    return found


def _as_pinyin(text: str, word: str, heard: Pinyin) -> Span | None:
    """The first run of characters that one of the ways to read the word stands for."""
    ways = heard.ways(word)
    read = heard.read(text) if ways else []
    begins = {letter for way in ways for letter in heard.initials(way[0])}
    for start, (_, reading) in enumerate(read):
        if begins.isdisjoint(reading.initials):
            continue
        for way in ways:
            run = read[start : start + len(way)]
            if len(run) == len(way) and _stands_for(way, run, text, heard):
                return run[0][0], run[-1][0] + 1
    return None


def _stands_for(
    way: Sequence[Part], run: Sequence[tuple[int, Reading]], text: str, heard: Pinyin
) -> bool:
    last = len(way) - 1
    return all(
        heard.fits(part, text[at], reading, may_go_on=0 < number == last)
        for number, (part, (at, reading)) in enumerate(zip(way, run, strict=True))
    )


def _merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    made: list[Span] = []
    for first, end in sorted(spans):
        if made and first <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((first, end))
    return tuple(made)
