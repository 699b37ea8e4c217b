"""Spans of a day: half-open, in minutes, on the project's clock; none runs over midnight."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

DAY_MINUTES = 24 * 60
_SPAN = re.compile(r"(\d{1,2}):([0-5]\d)\s*[-–—~～]\s*(\d{1,2}):([0-5]\d)")
_APART = re.compile(r"[,，、;；\s]+(?=\d)")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Minutes of a day from `begins` to before `ends`; 1440 is the midnight that ends the day."""

    begins: int
    ends: int

    def __str__(self) -> str:
        return "-".join(f"{at // 60:02}:{at % 60:02}" for at in (self.begins, self.ends))


class BadSpans(ValueError):
    """What was written is no list of spans. `reason`: `not_a_span`, `span_backwards`,
    `spans_meet`; `text`: the part that is wrong."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(f"{reason}: {text}")
        self.reason, self.text = reason, text


def to_spans(texts: Sequence[str], *, over_midnight: bool = False) -> tuple[Span, ...]:
    """Written spans, `08:30-12:00`, in order. One that begins later than it ends goes on after
    midnight where `over_midnight`, and becomes two.

    Raises:
        BadSpans: one is none, runs backwards, or meets another.
    """
    found: list[tuple[Span, str]] = []
    for text in texts:
        written = _SPAN.fullmatch(text.strip())
        if written is None:
            raise BadSpans("not_a_span", text)
        hour, minute, to_hour, to_minute = map(int, written.groups())
        begins, ends = hour * 60 + minute, to_hour * 60 + to_minute
        if begins >= DAY_MINUTES or ends > DAY_MINUTES:
            raise BadSpans("not_a_span", text)
        if begins < ends:
            found.append((Span(begins, ends), text))
        elif over_midnight and begins > ends:
            found.append((Span(begins, DAY_MINUTES), text))
            found += [(Span(0, ends), text)] if ends else []
        else:
            raise BadSpans("span_backwards", text)
    found.sort()
    for (before, _), (after, text) in pairwise(found):
        if after.begins < before.ends:
            raise BadSpans("spans_meet", text)
    return tuple(span for span, _ in found)


def hours_of(text: str) -> tuple[Span, ...]:
    """Spans written in one line, apart by commas or blanks.

    Raises:
        BadSpans: one is none, runs backwards, or meets another.
    """
    return to_spans([part for part in _APART.split(text.strip()) if part])


def hours_text(spans: Sequence[Span]) -> str:
    """Spans in one line: `08:30-12:00, 13:30-17:30`."""
    return ", ".join(map(str, spans))
