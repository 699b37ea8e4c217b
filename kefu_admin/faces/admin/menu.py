"""The side menu, rendered once per (rights, language, pages of a host) and kept.

The configured menu comes from `operations.reading.menu`, which leaves out what the person may not
open. Views a host application registered on our `Admin` follow in a group of their own. Which entry
is open is marked in the browser by its address, so that one text serves every page.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from flask import current_app, url_for
from markupsafe import Markup

from kefu_admin.actor import Actor
from kefu_admin.faces import http
from kefu_admin.faces.admin import marks
from kefu_admin.faces.admin.theme import STATIC_PATH
from kefu_admin.faces.admin.words import translator
from kefu_admin.faces.http.runtime import Runtime, is_ours
from kefu_admin.operations import reading

PAGE_PATHS = {
    "home": "/",
    "calendar": "/calendar/",
    "users": "/users/",
    "departments": "/departments/",
    "audit": "/audit/",
    "tokens": "/tokens/",
    "numbers": "/numbers/",
    "bin": "/bin/",
    "jobs": "/jobs/",
    "messages": "/messages/",
    "values": "/values/",
    "batches": "/batches/",
    "config": "/config/",
    "status": "/status/",
    "api_docs": "/api/v1/docs",
}
PAGE_ICONS = {
    "home": "home",
    "calendar": "calendar",
    "users": "users-group",
    "departments": "hierarchy",
    "audit": "shield-check",
    "tokens": "key",
    "numbers": "hash",
    "bin": "trash",
    "jobs": "list-check",
    "messages": "send",
    "values": "list-details",
    "batches": "checkbox",
    "config": "adjustments",
    "status": "gauge",
    "api_docs": "code",
}
_MOST_KEPT = 512


class _Kept:
    """Rendered menus of one mounted desk."""

    def __init__(self) -> None:
        self.texts: dict[tuple[object, ...], Markup] = {}
        self.lock = Lock()


def rendered(who: Actor, locale: str) -> Markup:
    """The menu's HTML for this person's rights and language."""
    here = http.runtime()
    kept = _kept(here)
    outside = _host_entries(here, who)
    key = (here.desk.grants(who).key, locale, http.runtime().project.fingerprint, outside)
    found = kept.texts.get(key)
    if found is None:
        found = marks.rendered(_render(here, who, locale, outside))
        with kept.lock:
            if len(kept.texts) >= _MOST_KEPT:
                kept.texts.clear()
            kept.texts[key] = found
    return found


def _kept(here: Runtime) -> _Kept:
    theme: Any = here.admin.theme if here.admin is not None else None  # Flask-Admin is not typed
    assert theme is not None
    if not hasattr(theme, "kept_menus"):
        theme.kept_menus = _Kept()
    kept = theme.kept_menus
    assert isinstance(kept, _Kept)
    return kept


def _render(here: Runtime, who: Actor, locale: str, outside: tuple[tuple[str, str], ...]) -> str:
    groups = [
        (
            branch.label.text(locale),
            branch.icon or "folder",
            [
                (
                    item.label.text(locale),
                    icon_of(item),
                    here.prefix + path_of(item),
                )
                for item in branch.items
            ],
        )
        for branch in reading.menu(here.desk, who, now=http.now())
    ]
    template = current_app.jinja_env.get_template("admin/_menu.html")  # not in the page's frame
    return template.render(
        _=translator(locale),
        groups=groups,
        outside=outside,
        home=here.prefix + "/",
        icons=sprite(here),
    )


def entries(who: Actor, locale: str) -> list[tuple[str, str, str]]:
    """Name, path and icon of everything in the person's menu, for a home without numbers."""
    here = http.runtime()
    return [
        (item.label.text(locale), here.prefix + path_of(item), icon_of(item))
        for branch in reading.menu(here.desk, who, now=http.now())
        for item in branch.items
    ]


def icon_of(item: reading.MenuItem) -> str:
    """The icon of a menu entry."""
    return item.icon or PAGE_ICONS.get(item.page, "point")


def sprite(here: Runtime) -> str:
    """The address of the icons."""
    version = here.admin.theme.version if here.admin is not None else ""
    return f"{here.prefix}{STATIC_PATH}/vendor/icons.svg?v={version}"


def path_of(item: reading.MenuItem) -> str:
    """The path a menu entry opens."""
    if item.view:
        return f"/records/{item.type}/?view={item.view}"
    return PAGE_PATHS[item.page]


def _host_entries(here: Runtime, who: Actor) -> tuple[tuple[str, str], ...]:
    """Name and path of the views a host application added that are open to the person."""
    if here.admin is None:
        return ()
    found = []
    for view in here.admin._views:
        if is_ours(view) or not view.is_visible() or not view.is_accessible():
            continue
        roles = getattr(view, "kefu_roles", None)
        if roles is None or who.roles & frozenset(roles):
            found.append((str(view.name), url_for(f"{view.endpoint}.{view._default_view}")))
    return tuple(found)
