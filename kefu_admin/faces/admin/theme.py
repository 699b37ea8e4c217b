"""Our theme: an absolute template folder, so that none of the bundled templates is reachable.

Flask-Admin joins `templates/` and the theme's folder; joining an absolute path yields that path
(one contract test holds it to this). `version` marks the static files' addresses, so browsers may
keep them for a year.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import request
from flask_admin.theme import Theme

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"
STATIC_PATH = "/assets"
APPEARANCES = ("system", "light", "dark")
APPEARANCE_COOKIE = "kefu_appearance"
_KEPT_SECONDS = 365 * 24 * 3600


@dataclass
class PanelTheme(Theme):  # type: ignore[misc]  # Flask-Admin's types are not followed
    """Folder, base template and the version of the static files."""

    folder: str = str(TEMPLATES)
    base_template: str = "admin/base.html"
    version: str = ""


@cache
def assets_version() -> str:
    """A short hash over our own static files and the stamp of the fetched ones."""
    digest = hashlib.sha256()
    for path in sorted([*STATIC.glob("css/*.css"), *STATIC.glob("js/**/*.js")]):
        digest.update(path.read_bytes())
    stamp = STATIC / "vendor" / "stamp.txt"
    digest.update(stamp.read_bytes() if stamp.is_file() else b"")
    return digest.hexdigest()[:10]


def assets_built() -> bool:
    """Whether the fetched front-end files are there (see hatch_build.py)."""
    return (STATIC / "vendor" / "stamp.txt").is_file()


def keep_static(filename: str | None) -> int | None:
    """How long a browser may keep a static file, in seconds: a year where the address carries the
    version, else it asks each time whether the file has changed (modules import each other by
    plain names)."""
    return _KEPT_SECONDS if request.args.get("v") else 0


def appearance() -> str:
    """Which of `APPEARANCES` this browser has chosen; as the system wishes where it has not."""
    chosen = request.cookies.get(APPEARANCE_COOKIE, "")
    return chosen if chosen in APPEARANCES else APPEARANCES[0]
