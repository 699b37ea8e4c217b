"""Accounts locked after too many wrong passwords: until when, and opening them before that.

An account is counted under its login, and apart under each address it has signed in from of late:
strangers cannot lock somebody out where he always works.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kefu_admin.problems import SignInFailed
from kefu_admin.store import throttle
from kefu_admin.store.database import Store
from kefu_admin.store.throttle import Limit

PER_ACCOUNT = Limit(count=10, seconds=15 * 60)
_PREFIX, _AT = "sign_in:", "|"  # no login holds a bar


def account_key(login: str, *, known_address: str = "") -> str:
    """Under what the tries at an account are counted.

    Args:
        login: in its normal form, or what stands for one that does not exist.
        known_address: where the person has signed in from of late and tries again.
    """
    return f"{_PREFIX}{login}{_AT}{known_address}" if known_address else f"{_PREFIX}{login}"


def locked_until(store: Store, *, now: datetime) -> Mapping[str, datetime]:
    """Logins that are locked just now, anywhere, each with the instant the last lock ends."""
    found: dict[str, datetime] = {}
    for login, _, ends_at in _locks(store, now):
        found[login] = max(ends_at, found.get(login, ends_at))
    return found


def open_again(store: Store, login: str, *, now: datetime) -> bool:
    """End every lock of a login in the open transaction; whether there was one."""
    keys = [key for locked, key, _ in _locks(store, now) if locked == login]
    for key in keys:
        throttle.reset(store, key)
    return bool(keys)


def failed() -> SignInFailed:
    """The one answer to everybody who is not let in."""
    return SignInFailed(count=PER_ACCOUNT.count, minutes=PER_ACCOUNT.seconds // 60)


def _locks(store: Store, now: datetime) -> list[tuple[str, str, datetime]]:
    """Each lock that holds: login, key, end."""
    return [
        (key.removeprefix(_PREFIX).partition(_AT)[0], key, ends_at)
        for key, ends_at in throttle.spent(store, PER_ACCOUNT, now=now).items()
        if key.startswith(_PREFIX)
    ]
