"""Cuts a formula into tokens in one pass; every token knows where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MAX_INTEGER_DIGITS = 18
MAX_DECIMALS = 10


class Kind(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    NAME = "name"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is the name, sign or number as written, or a text without quotes and escapes."""

    kind: Kind
    text: str
    position: int  # of its first character, from 1


class BadToken(Exception):
    """No token begins here. `reason`: character, unclosed, number."""

    def __init__(self, reason: str, position: int, found: str) -> None:
        self.reason = reason
        self.position = position
        self.found = found
        super().__init__(reason, position)


_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n]+)
      | (?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign>==|!=|<=|>=|[-+*/<>(),])
      | (?P<text>"(?:[^"\\]|\\["\\])*"|'(?:[^'\\]|\\['\\])*')""",
    re.VERBOSE | re.ASCII,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a formula, with END last.

    Raises:
        BadToken: a character no token begins with, a text without end, a number too large.
    """
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise BadToken("unclosed" if text[at] in "\"'" else "character", at + 1, text[at])
        kind, found = str(match.lastgroup), match[0]
        at = match.end()
        if kind == "blank":
            continue
        if kind == "number":
            whole, _, decimals = found.partition(".")
            if len(whole.lstrip("0")) > MAX_INTEGER_DIGITS or len(decimals) > MAX_DECIMALS:
                raise BadToken("number", match.start() + 1, found[:20])
        if kind == "text":
            found = _ESCAPE.sub(r"\1", found[1:-1])
        yield Token(Kind(kind), found, match.start() + 1)
    yield Token(Kind.END, "", len(text) + 1)
