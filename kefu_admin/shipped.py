"""Where the shipped desk (客服中心) lies: in an installed package, or atop a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def config_directory() -> Path:
    """The shipped config directory."""
    return _find("config")


def seeds_directory() -> Path:
    """The shipped master and demo data."""
    return _find("seeds")


def _find(name: str) -> Path:
    installed = _PACKAGE / "desk" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
