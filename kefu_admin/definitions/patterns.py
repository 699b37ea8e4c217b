"""The closed subset of regular expressions a field's `pattern` may use, and matching them.

Literals, character classes, `.`, `\\d \\w \\s` and their opposites, groups, `|`, and repetition.
No back-references, look-around, flags or anchors (a pattern matches the whole value). A repetition
is clear when what follows it cannot be taken for one more; the others multiply the ways a value may
be tried, which are limited, and nothing unclear or with `|` is itself repeated: so that no value
takes long to match.
"""

from __future__ import annotations

import re
from functools import cache

MAX_REPEAT = 1000
MAX_WAYS = 1_000_000  # how many ways of matching one value the repetitions may leave open
_UNBOUNDED_WAYS = 300

_PIECE = re.compile(
    r"\\[dDwWsS.\\^$*+?()\[\]{}|/\-]"  # escapes
    r"|\[\^?\]?(?:\\[dDwWsS\\\]\[^\-./]|[^\]\\\[])*\]"  # classes
    r"|\(\?:|\(\?|[()|]"
    r"|\{\d+(?:,\d*)?\}|[*+?]"
    r"|[^\\\[\](){}|*+?^$]"
)
_REPEATS = re.compile(r"[*+?]|\{\d+(?:,\d*)?\}")
_STRUCTURE = frozenset({"(", "(?:", ")", "|", ""})
_PLAIN_CHARACTERS = "".join(map(chr, range(128)))


def unsafe_part(pattern: str) -> str:
    """The part of a pattern that is not in the subset, "" when all of it is."""
    pieces, rest = _pieces(pattern)
    if rest:
        return rest
    try:
        re.compile(pattern)
    except re.error:
        return pattern
    return _unclear(pieces)


def matches(pattern: str, value: str) -> bool:
    """Whether the whole value has the form of a pattern that passed `unsafe_part`."""
    return _compiled(pattern).fullmatch(value) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def _pieces(pattern: str) -> tuple[list[str], str]:
    """The pattern cut into pieces, and where something stands that is none."""
    pieces: list[str] = []
    position = 0
    while position < len(pattern):
        match = _PIECE.match(pattern, position)
        if match is None or match[0] == "(?":
            return pieces, pattern[position : position + 3]
        pieces.append(match[0])
        position = match.end()
    return pieces, ""


def _unclear(pieces: list[str]) -> str:
    """The first repetition that may take too long, or that repeats a repetition."""
    outer: list[bool] = []  # for each open group: whether its parent was unclear before it
    unclear = closed_unclear = False
    ways = 1
    for index, piece in enumerate(pieces):
        if piece in ("(", "(?:"):
            outer.append(unclear)
            unclear = False
        elif piece == ")":
            closed_unclear = unclear
            unclear = outer.pop() or unclear
        elif piece == "|":
            unclear = True
        elif _REPEATS.fullmatch(piece):
            before = pieces[index - 1] if index else ""
            if _REPEATS.fullmatch(before) or _too_many(piece):
                return piece
            if before == ")" and closed_unclear and piece != "?":
                return piece
            if _ways(piece) > 1 and not _is_clear(pieces, index):
                ways *= _ways(piece)
                unclear = True
            if ways > MAX_WAYS:
                return piece
    return ""


def _is_clear(pieces: list[str], index: int) -> bool:
    """Whether what must follow the repetition at `index` cannot be one more of what it repeats."""
    here = pieces[index - 1]
    after = pieces[index + 1] if index + 1 < len(pieces) else ""
    then = pieces[index + 2] if index + 2 < len(pieces) else ""
    if here in _STRUCTURE or after in _STRUCTURE or _REPEATS.fullmatch(after):
        return False
    if then in ("?", "*") or then.startswith("{0"):
        return False  # what follows may be left out
    if _may_be_wide(here) and _may_be_wide(after):
        return False
    one, other = _compiled(here), _compiled(after)
    return not any(one.fullmatch(c) and other.fullmatch(c) for c in _PLAIN_CHARACTERS)


def _may_be_wide(piece: str) -> bool:
    """Whether a piece may match something beyond ASCII."""
    return not piece.isascii() or piece == "." or piece.startswith("[^") or bool(
        re.search(r"\\[DWS]", piece)
    )  # fmt: skip


def _ways(piece: str) -> int:
    """How many lengths a repetition may have."""
    if piece == "?":
        return 2
    first, comma, last = piece.strip("{}").partition(",")
    if piece in ("*", "+") or (comma and not last):
        return _UNBOUNDED_WAYS
    return int(last) - int(first) + 1 if comma else 1


def _too_many(piece: str) -> bool:
    return any(int(number) > MAX_REPEAT for number in re.findall(r"\d+", piece))
