"""Who refers to what was to be deleted, as the pages that refuse it say."""

from __future__ import annotations

from kefu_admin.problems import Referrer, Refusal


def named(refusal: Refusal | None) -> list[Referrer]:
    """The referring records the person may see; none when something else was refused."""
    visible = refusal.facts.get("visible", ()) if refusal is not None else ()
    return (
        [one for one in visible if isinstance(one, Referrer)] if isinstance(visible, tuple) else []
    )
