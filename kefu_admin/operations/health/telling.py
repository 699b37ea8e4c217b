"""Findings as sentences: instants on the project's clock, bytes in sizes people compare."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from kefu_admin import wording
from kefu_admin.definitions.label import Label
from kefu_admin.operations.health.result import Check, Said

_BYTES = frozenset({"size", "free", "total"})
_STEPS = ("KiB", "MiB", "GiB", "TiB")


def found(check: Check, locale: str, zone: ZoneInfo) -> tuple[str, ...]:
    """What a check found, a sentence each."""
    return tuple(_sentence(said, locale, zone) for said in check.found)


def mend(check: Check, locale: str, zone: ZoneInfo) -> str:
    """What to do, "" where nothing is."""
    return _sentence(check.mend, locale, zone) if check.mend else ""


def label(check: Check, locale: str) -> str:
    """What was looked at."""
    return wording.sentence(f"health_{check.name}_label", locale)


def state(check: Check, locale: str) -> str:
    """How it stands, in a word."""
    return wording.sentence(f"health_{check.state.value}", locale)


def _sentence(said: Said, locale: str, zone: ZoneInfo) -> str:
    shown = {name: _shown(name, value, locale, zone) for name, value in said.facts.items()}
    return wording.sentence(said.code, locale, **shown)


def _shown(name: str, value: object, locale: str, zone: ZoneInfo) -> object:
    if isinstance(value, Label):
        return value.text(locale)
    if isinstance(value, Said):
        return _sentence(value, locale, zone).rstrip("。.")
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(" ", "minutes")[:16]
    if name in _BYTES and isinstance(value, int):
        return _size(value)
    return value


def _size(count: int) -> str:
    size, unit = float(count), "B"
    for step in _STEPS:
        if size < 1024:
            break
        size, unit = size / 1024, step
    return f"{size:.1f} {unit}" if unit != "B" else f"{count} B"
