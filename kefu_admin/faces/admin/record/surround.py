"""What stands around a list's rows: its filters and the heads of its columns, rendered.

A list nobody has narrowed or sorted is surrounded alike for all who have the same rights, so that
text is kept per (rights, language, view).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import NamedTuple

from flask import current_app
from markupsafe import Markup

from kefu_admin.faces.admin import marks

_MOST_KEPT = 512


class Surround(NamedTuple):
    """Two pieces of HTML, and what the page must load for them."""

    filters: Markup
    heads: Markup
    has_filters: bool
    has_pickers: bool
    has_dates: bool


class Kept:
    """The surroundings of one type's lists."""

    def __init__(self) -> None:
        self._texts: dict[tuple[object, ...], Surround] = {}
        self._lock = Lock()

    def get(self, key: tuple[object, ...] | None, make: Callable[[], Surround]) -> Surround:
        """What is kept under the key, or made now; without a key it is not kept."""
        if key is None:
            return make()
        found = self._texts.get(key)
        if found is None:
            found = make()
            with self._lock:
                if len(self._texts) >= _MOST_KEPT:
                    self._texts.clear()
                self._texts[key] = found
        return found


def rendered(template: str, context: Mapping[str, object]) -> Markup:
    """A part of the page by itself, without the frame of every page."""
    text = current_app.jinja_env.get_template(template).render(context)
    return marks.rendered(text)
