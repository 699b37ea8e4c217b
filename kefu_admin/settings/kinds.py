"""What a variable may say: each converts its text, or raises `ValueError` or `KeyError`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

_RECEIVER = re.compile(r"[a-z][a-z0-9_-]{0,31}")


def text(raw: str) -> str:
    """Text without outer blanks."""
    return raw.strip()


def path(raw: str) -> Path:
    """An absolute path; `~` is the home directory."""
    return Path(raw).expanduser().absolute()


def whole(least: int, most: int) -> Callable[[str], int]:
    """The converter of whole numbers within limits."""

    def convert(raw: str) -> int:
        number = int(raw)
        if not least <= number <= most:
            raise ValueError(f"{least}…{most}")
        return number

    return convert


def switch(raw: str) -> bool:
    """1, true, yes; 0, false, no."""
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
        raw.lower()
    ]


def locale(raw: str) -> str:
    """A language, or none."""
    if raw not in ("", "zh", "en"):
        raise ValueError("zh, en")
    return raw


def log_format(raw: str) -> str:
    """How log lines are written."""
    if raw not in ("text", "json"):
        raise ValueError("text, json")
    return raw


def names(raw: str) -> tuple[str, ...]:
    """Words parted by commas."""
    return tuple(name.strip() for name in raw.split(",") if name.strip())


def receivers(raw: str) -> tuple[str, ...]:
    """`name=address`, parted by commas: http or https, without a password, each name once."""
    given = names(raw)
    called = [one.partition("=")[0] for one in given]
    for one in given:
        name, _, url = one.partition("=")
        parts = urlsplit(url)
        if not _RECEIVER.fullmatch(name) or parts.scheme not in ("http", "https"):
            raise ValueError(one)
        if not parts.hostname or parts.username is not None or parts.fragment:
            raise ValueError(one)
        if parts.port == 0:
            raise ValueError(one)
    if len(set(called)) != len(called):
        raise ValueError(raw)
    return given
