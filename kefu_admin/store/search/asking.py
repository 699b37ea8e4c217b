"""What a word asks of the index: tokens that must be there, in one of several ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from kefu_admin.definitions.fields import Field
from kefu_admin.store.query import Nearness
from kefu_admin.store.search import tokens
from kefu_admin.store.search.pinyin import Kind, Part, pinyin


@dataclass(frozen=True, slots=True)
class Term:
    """Tokens that stand next to each other. `is_begun`: the last may go on."""

    words: tuple[str, ...]
    is_begun: bool = False


Way = tuple[Term, ...]
"""Terms that must all be there."""


def ways(
    field: Field, prefix: str, word: str, nearness: Nearness, alike: frozenset[str]
) -> list[Way]:
    """The ways a field may hold a word (normal form)."""
    if nearness is Nearness.IS:
        return [(Term((tokens.whole(word, prefix),)),)]
    if nearness is Nearness.BEGINS:
        begins = tokens.beginning(word, prefix)
        return [(Term((begins, *tokens.pairs(word, prefix)), is_begun=len(word) == 1),)]
    if len(word) == 1:
        return [(Term((tokens.single(word, prefix),), is_begun=True),)]
    found: list[Way] = [(Term(tuple(tokens.pairs(word, prefix))),)]
    if tokens.spoken(field):
        for read in pinyin(alike).ways(word):
            found += _spoken(read, prefix, alike)
    return found


def _spoken(read: Sequence[Part], prefix: str, alike: frozenset[str]) -> list[Way]:
    """What one reading of a word asks: one way for each reading of its characters."""
    terms = (*_syllables(read, prefix), *_characters(read, prefix))
    if all(one.kind in (Kind.SYLLABLE, Kind.BEGUN) for one in read):
        return [terms]
    return [
        (*terms, *_initials("".join(letters), prefix))
        for letters in product(*(pinyin(alike).initials(one) for one in read))
    ]


def _syllables(read: Sequence[Part], prefix: str) -> Iterator[Term]:
    """Syllables, each with what follows it; the last of a word may go on."""
    last = len(read) - 1
    for at, one in enumerate(read):
        following = read[at + 1] if at < last else None
        if one.kind is Kind.SYLLABLE and following is not None:
            follows = "" if following.kind is Kind.CHARACTER else following.text
            is_whole = following.kind is Kind.SYLLABLE and at + 1 < last
            yield Term((f"{prefix}s{one.text}1{follows}",), is_begun=not is_whole)
        elif one.kind is Kind.SYLLABLE and last == 0:
            yield Term((f"{prefix}s{one.text}1",), is_begun=True)
        elif (one.kind is not Kind.CHARACTER and len(one.text) > 1) and not (
            at and read[at - 1].kind is Kind.SYLLABLE
        ):
            yield Term((f"{prefix}s{one.text}",), is_begun=True)


def _characters(read: Sequence[Part], prefix: str) -> Iterator[Term]:
    """Runs of Chinese characters."""
    run = ""
    for one in (*read, Part(Kind.INITIAL, "")):
        if one.kind is Kind.CHARACTER:
            run += one.text
            continue
        if len(run) == 1:
            yield Term((tokens.single(run, prefix),), is_begun=True)
        elif run:
            yield Term(tuple(tokens.pairs(run, prefix)))
        run = ""


def _initials(letters: str, prefix: str) -> Iterator[Term]:
    if len(letters) < 3:
        yield Term((f"{prefix}i{letters}",), is_begun=True)
        return
    for at in range(len(letters) - 2):
        yield Term((f"{prefix}i{letters[at : at + 3]}",))
