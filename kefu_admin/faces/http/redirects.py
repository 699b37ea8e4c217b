"""Where a `next` parameter may lead: a path of this site, never anywhere else.

Flask-Admin's own redirect helper is not used: `http:evil.com` and `http://localhost\\@evil.com`
pass it (reliability-security §1.6 FA7).
"""

from __future__ import annotations

import re
from urllib.parse import unquote

_PATH = re.compile(r"/(?:[^/]|$)")
_FORBIDDEN = re.compile(r"[\\\x00-\x20\x7f]")


def safe_next(path: str | None, *, otherwise: str = "/") -> str:
    """The path when it stays on this site, else `otherwise`.

    It must begin with exactly one slash, also after decoding once and twice, and hold no
    backslash, blank or control character, so that no browser reads a host in it.

    Rule: D22, S16.
    """
    if not path or len(path) > 2000:
        return otherwise
    seen = path
    for _ in range(3):
        if (
            not _PATH.match(seen)
            or "\\" in seen
            or any(ord(c) <= 32 or ord(c) == 127 for c in seen)
        ):
            return otherwise
        seen = unquote(seen)
    return path
