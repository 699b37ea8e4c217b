"""Sets of ids written shortly: `1-5,7,9-12`. Blocks list their lines this way."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise


class Spans:
    """An immutable set of integers as sorted, disjoint, inclusive spans."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Iterable[tuple[int, int]] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start <= self._ends[-1] + 1:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    @classmethod
    def of(cls, ids: Iterable[int]) -> Spans:
        """The spans of single ids."""
        return cls((one, one) for one in ids)

    @classmethod
    def read(cls, text: str) -> Spans:
        """The inverse of `str`.

        Raises:
            ValueError: the text is not of this form.
        """
        pairs = (part.partition("-") for part in text.split(",") if part)
        return cls((int(start), int(end or start)) for start, _, end in pairs)

    def __str__(self) -> str:
        return ",".join(
            str(start) if start == end else f"{start}-{end}" for start, end in self.spans()
        )

    def __contains__(self, one: int) -> bool:
        at = bisect_right(self._starts, one) - 1
        return at >= 0 and one <= self._ends[at]

    def __iter__(self) -> Iterator[int]:
        for start, end in self.spans():
            yield from range(start, end + 1)

    def __len__(self) -> int:
        return sum(end - start + 1 for start, end in self.spans())

    def __bool__(self) -> bool:
        return bool(self._starts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spans) and self.spans() == other.spans()

    def __hash__(self) -> int:
        return hash(tuple(self.spans()))

    def __or__(self, other: Spans) -> Spans:
        return Spans([*self.spans(), *other.spans()])

    def spans(self) -> list[tuple[int, int]]:
        """(first, last) of each run, in order."""
        return list(zip(self._starts, self._ends, strict=True))

    def last(self) -> int:
        """The largest member; 0 when empty."""
        return self._ends[-1] if self._ends else 0

    def first(self) -> int:
        """The smallest member; 0 when empty."""
        return self._starts[0] if self._starts else 0

    def gaps(self) -> Spans:
        """What is missing between the first and the last member."""
        runs = self.spans()
        return Spans(
            (end + 1, start - 1) for (_, end), (start, _) in pairwise(runs) if end + 1 < start
        )

    def without(self, other: Spans) -> Spans:
        """The members that are not in the other."""
        kept: list[tuple[int, int]] = []
        for start, end in self.spans():
            at = start
            for from_, to in other.spans():
                if to < at or from_ > end:
                    continue
                if from_ > at:
                    kept.append((at, from_ - 1))
                at = to + 1
            if at <= end:
                kept.append((at, end))
        return Spans(kept)

    def above(self, floor: int) -> Spans:
        """The members greater than the floor."""
        return Spans((max(start, floor + 1), end) for start, end in self.spans() if end > floor)
