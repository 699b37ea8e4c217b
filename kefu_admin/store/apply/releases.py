"""The config releases this database has known: every one that was ever the applied one is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kefu_admin.problems import Refusal
from kefu_admin.store.apply.activation import fingerprint
from kefu_admin.store.database import Store
from kefu_admin.store.shapes import ColumnKind


class NoRelease(Refusal):
    """No release begins with these characters, or several do. facts: name."""

    code, status = "no_release", 404


class NoEarlierRelease(Refusal):
    """The applied config is the first there was."""

    code, status = "no_earlier_release", 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One time a config became the applied one; a config gone back to has a line for each time."""

    fingerprint: str
    at: datetime
    by: str
    is_applied: bool


def releases(store: Store) -> tuple[Release, ...]:
    """Every release, newest first."""
    applied = fingerprint(store)
    if applied is None:
        return ()
    found = []
    for own, at, by in store.rows(
        'SELECT "fingerprint", "activated_at", "activated_by" FROM "kefu_definition"'
        ' ORDER BY "id" DESC'
    ):
        instant: datetime = store.from_db(ColumnKind.INSTANT, at)
        is_applied = own == applied
        applied = None if is_applied else applied  # the latest line of it is the one that holds
        found.append(Release(fingerprint=own, at=instant, by=by, is_applied=is_applied))
    return tuple(found)


def release(store: Store, beginning: str = "") -> str:
    """The fingerprint a person means: by its first characters, else the release before this one.

    Raises:
        NoRelease: none begins so, or several do.
        NoEarlierRelease: nothing was asked for, and there was none before.
    """
    known = releases(store)
    if beginning:
        meant = {each.fingerprint for each in known if each.fingerprint.startswith(beginning)}
        if len(meant) != 1:
            raise NoRelease(name=beginning)
        return meant.pop()
    at = next((place for place, each in enumerate(known) if each.is_applied), 0)
    now = known[at].fingerprint if known else ""
    earlier = (each.fingerprint for each in known[at:] if each.fingerprint != now)
    found = next(earlier, None)
    if found is None:
        raise NoEarlierRelease
    return found
