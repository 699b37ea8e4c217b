"""Pinyin: how characters are read, and the ways a typed word may be read as pinyin.

`data/pinyin.txt` holds the readings without tones, surnames' among them (单 dan, shan, chan). A
character read in several ways is indexed in all of them. A word is taken apart into whole
syllables, initials and Chinese characters in any mixture: wangxiaoming, wxm, wangxm, 王xm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from itertools import chain, product
from operator import add
from string import ascii_lowercase
from types import MappingProxyType

N_AND_L = "n-l"
N_AND_NG = "n-ng"
INDEXED = 64  # characters of a value that are indexed as pinyin
LONGEST = 40  # characters of a word that is read as pinyin
MOST_WAYS = 12  # ways a word is read in: those with the fewest parts
_PAIRS_KEPT = 50_000
_WORDS_KEPT = 64
_DOUBLE = ("zh", "ch", "sh")
_APOSTROPHES = "'\u2019"


class Kind(Enum):
    """What a part of a typed word stands for: one character each."""

    SYLLABLE = "syllable"  # a whole reading
    BEGUN = "begun"  # the beginning of one, at the end of the word
    INITIAL = "initial"  # its first letter, or zh, ch, sh
    CHARACTER = "character"  # itself


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a word; `text` is folded as the index is."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How a character is read: syllables and their first letters, each at least one."""

    syllables: tuple[str, ...]
    initials: tuple[str, ...]


class Pinyin:
    """Readings as one project hears them: `alike` names sounds it does not tell apart."""

    def __init__(self, alike: frozenset[str]) -> None:
        self._alike = alike
        self._known = {one: self._reading(read) for one, read in _table().items()}
        self._known |= {one: Reading((one,), (one,)) for one in ascii_lowercase}
        self._initials = {one: "".join(read.initials) for one, read in self._known.items()}
        self._pairs = _Pairs(self._known)
        self._asked: dict[str, tuple[tuple[Part, ...], ...]] = {}  # the words asked last
        written = {each for read in _table().values() for each in read}
        self._syllables = frozenset(written | {each.replace("v", "u") for each in written})
        self._begun = frozenset(
            each[:size] for each in self._syllables for size in range(2, len(each))
        ) - frozenset(_DOUBLE)

    def read(self, text: str) -> list[tuple[int, Reading]]:
        """The characters of a text (normal form) that have a reading, with their places. Latin
        letters stand for themselves; a text without a Chinese character has none."""
        known = self._known
        found = [(at, known[one]) for at, one in enumerate(text) if one in known]
        return found if any(text[at] > "\x7f" for at, _ in found) else []

    def words(self, text: str) -> list[str]:
        """What is indexed of a text (normal form): `s` and two syllables that follow each other,
        `i` and three initials; shorter at the end."""
        initials = self._initials
        read = [one for one in text[:INDEXED] if one in initials]
        if not read or max(read) <= "\x7f":
            return []
        followed = map(add, read, [*read[1:], ""])
        made = list(chain.from_iterable(map(self._pairs.__getitem__, followed)))
        several = [initials[one] for one in read]
        letters = "".join(several)
        if len(letters) == len(read):
            made += ["i" + letters[at : at + 3] for at in range(len(letters))]
        else:
            for at in range(len(read)):
                made += ["i" + "".join(each) for each in product(*several[at : at + 3])]
        return made

    def ways(self, word: str) -> tuple[tuple[Part, ...], ...]:
        """The ways a word (normal form) may be read, the likeliest first; none without a Latin
        letter, or with anything but letters and Chinese characters."""
        found = self._asked.get(word)
        if found is None:
            if len(self._asked) >= _WORDS_KEPT:
                self._asked.clear()
            found = self._asked[word] = tuple(self._ways(word))
        return found

    def _ways(self, word: str) -> list[tuple[Part, ...]]:
        if not 2 <= len(word) <= LONGEST or not any(one in ascii_lowercase for one in word):
            return []
        best: list[list[tuple[Part, ...]]] = [[] for _ in word] + [[()]]
        for at in range(len(word) - 1, -1, -1):
            if word[at] in _APOSTROPHES:
                best[at] = best[at + 1]
                continue
            found = [
                (part, *rest) for part, size in self._parts(word, at) for rest in best[at + size]
            ]
            best[at] = sorted(found, key=len)[:MOST_WAYS]
        return [way for way in best[0] if len(way) > 1 or way[0].kind is not Kind.CHARACTER]

    def _parts(self, word: str, at: int) -> Iterator[tuple[Part, int]]:
        """What may stand at this place of a word, with the letters it takes; longest first."""
        if word[at] > "\x7f":
            if word[at] in self._known:
                yield Part(Kind.CHARACTER, word[at]), 1
            return
        for size in range(min(6, len(word) - at), 0, -1):
            piece = word[at : at + size]
            if size > 1 and not self._syllables.isdisjoint((piece, _spelled(piece))):
                yield Part(Kind.SYLLABLE, self._folded(_spelled(piece))), size
            elif at + size == len(word) and piece in self._begun:
                yield Part(Kind.BEGUN, self._begins(piece)), size
            elif piece in _DOUBLE or (size == 1 and piece in ascii_lowercase):
                yield Part(Kind.INITIAL, piece if piece == "v" else self._begins(piece)), size

    def initials(self, part: Part) -> tuple[str, ...]:
        """The first letters a part may stand for."""
        if part.kind is Kind.CHARACTER:
            return self._known[part.text].initials
        return (part.text[0],)

    def fits(self, part: Part, character: str, reading: Reading, *, may_go_on: bool) -> bool:
        """Whether a character of a text is one the part stands for. `may_go_on`: a syllable may
        be the beginning of a longer one."""
        if part.kind is Kind.CHARACTER:
            return part.text == character
        if part.kind is Kind.SYLLABLE and not may_go_on:
            return part.text in reading.syllables
        return any(each.startswith(part.text) for each in reading.syllables)

    def _reading(self, syllables: Sequence[str]) -> Reading:
        folded = dict.fromkeys(self._folded(one) for one in syllables)
        return Reading(tuple(folded), tuple(dict.fromkeys(one[0] for one in folded)))

    def _folded(self, syllable: str) -> str:
        """A syllable without what this project does not tell apart; ü is written u."""
        folded = self._begins(syllable)
        if N_AND_NG in self._alike and folded.endswith("ng"):
            folded = folded[:-1]
        return folded

    def _begins(self, piece: str) -> str:
        """The beginning of a syllable, likewise."""
        begun = piece.replace("v", "u")
        return "l" + begun[1:] if N_AND_L in self._alike and begun[0] == "n" else begun


class _Pairs(dict[str, tuple[str, ...]]):
    """The words of each two characters that follow each other (one at the end) met lately."""

    def __init__(self, known: Mapping[str, Reading]) -> None:
        self._readings = known

    def __missing__(self, pair: str) -> tuple[str, ...]:
        if len(self) >= _PAIRS_KEPT:
            self.clear()
        first = self._readings[pair[0]].syllables
        second = self._readings[pair[1]].syllables if len(pair) > 1 else ("",)
        made = self[pair] = tuple(f"s{one}1{other}" for one in first for other in second)
        return made


@cache
def pinyin(alike: frozenset[str]) -> Pinyin:
    """The readings for a project's tolerance; made once."""
    return Pinyin(alike)


@cache
def _table() -> Mapping[str, tuple[str, ...]]:
    """The readings of each character, from the table in `data`."""
    text = (files("kefu_admin") / "data" / "pinyin.txt").read_text("utf-8")
    read: dict[str, list[str]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            syllable, characters = line.split(" ")
            for one in characters:
                read.setdefault(one, []).append(syllable)
    return MappingProxyType({one: tuple(each) for one, each in read.items()})


def read_aloud(text: str) -> str:
    """A text in small letters, each character by the first of its readings (not always the one that
    is meant), apart from its neighbours; what is no character stays."""
    table = _table()
    return "".join(f" {table[one][0]} " if one in table else one for one in text.lower())


def _spelled(piece: str) -> str:
    """lü as keyboards write it: lv, lyu or lu."""
    return piece.replace("yu", "v") if piece[:1] in "ln" else piece
