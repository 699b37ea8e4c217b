"""What a command says: sentences in the person's language, faults on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from kefu_admin import wording

DONE, FAULTY, WRONG, NOT_READY = 0, 1, 2, 3


def language(arguments: Sequence[str]) -> str:
    """The language to speak: `--locale`, KEFU_LOCALE, an English LANG, else Chinese."""
    for before, word in zip(("", *arguments), arguments, strict=False):
        chosen = word if before == "--locale" else word.removeprefix("--locale=")
        if (before == "--locale" or word.startswith("--locale=")) and chosen in wording.LOCALES:
            return chosen
    if (chosen := os.environ.get("KEFU_LOCALE", "")) in wording.LOCALES:
        return chosen
    system = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if system.lower().startswith("en") else "zh"


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command's words go, and in which language."""

    locale: str

    def text(self, sentence: str, /, **facts: object) -> str:
        """A sentence in the language, filled."""
        return wording.text(sentence, self.locale, **facts)

    def say(self, sentence: str, /, **facts: object) -> None:
        """A sentence on standard output."""
        print(self.text(sentence, **facts), flush=True)

    def line(self, text: str = "") -> None:
        """A line that needs no translation."""
        print(text, flush=True)

    def warn(self, sentence: str, /, **facts: object) -> None:
        """A sentence on standard error."""
        self.fault(self.text(sentence, **facts))

    def fault(self, text: str) -> None:
        """A line on standard error that is worded already."""
        print(text, file=sys.stderr, flush=True)

    def table(self, rows: Iterable[Sequence[str]]) -> None:
        """Rows in aligned columns; a Chinese character is two columns wide."""
        listed = [tuple(row) for row in rows]
        if not listed:
            return
        widths = [max(_width(row[at]) for row in listed) for at in range(len(listed[0]) - 1)]
        for row in listed:
            cells = [
                cell + " " * (width - _width(cell))
                for cell, width in zip(row, widths, strict=False)
            ]
            print("  ".join((*cells, row[-1])).rstrip(), flush=True)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
