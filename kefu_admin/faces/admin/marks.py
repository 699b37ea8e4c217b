"""The one module that marks text as safe HTML: icons, and what our own templates have rendered.

Everything else is escaped when it is printed. Rule: D23.
"""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

_ICON = Markup('<svg class="icon" aria-hidden="true"><use href="{}#tabler-{}"></use></svg>')


@lru_cache(maxsize=512)
def icon(sprite: str, name: str) -> Markup:
    """A symbol of the sprite at this address; `Markup.format` escapes what it is given."""
    return _ICON.format(sprite, name)


def rendered(text: str) -> Markup:
    """What one of our templates has printed, kept to be printed again."""
    return Markup(text)  # noqa: S704 -- escaped when it was rendered
