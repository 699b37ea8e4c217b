"""Finding a region by a few characters of its name or path."""

from __future__ import annotations

from functools import cache

from kefu_admin.definitions.regions import region_label, regions

MOST = 50


def found_regions(term: str, limit: int = MOST) -> tuple[tuple[str, str], ...]:
    """Regions (code, label) whose label holds every word of the term; wider ones first. An empty
    term gives the provinces."""
    words = term.split()
    if not words:
        return tuple(pair for pair in _labels() if pair[0].endswith("0000"))[:limit]
    found = [pair for pair in _labels() if all(word in pair[1] for word in words)]
    found.sort(key=lambda pair: (_depth(pair[0]), pair[0]))
    return tuple(found[:limit])


@cache
def _labels() -> tuple[tuple[str, str], ...]:
    return tuple((code, region_label(code)) for code in regions())


def _depth(code: str) -> int:
    return 0 if code.endswith("0000") else 1 if code.endswith("00") else 2
