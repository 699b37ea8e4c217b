"""Whose secret a database was written with: a value derived from it stands in `kefu_state`.

Under another secret nothing encrypted opens, look-ups find nothing and what is written into the
audit book can never be checked, so that no process begins with one. The value says nothing about
the secret. A database from before there was one is known by its last audit block.
"""

from __future__ import annotations

import hmac

from kefu_admin.problems import Refusal
from kefu_admin.store import seal
from kefu_admin.store.crypto import derive
from kefu_admin.store.database import Store
from kefu_admin.store.faults import ConstraintBroken
from kefu_admin.store.state import read_state, write_state

KEY = "secret_mark"  # in kefu_state


class OtherSecret(Refusal):
    """The database was written with another secret. facts: path (of the one at hand)."""

    code, status = "other_secret", 409


def assert_own(store: Store) -> None:
    """The database was written with the store's secret, or by nobody yet.

    Raises:
        OtherSecret: it was written with another one.
    """
    if "kefu_state" not in store.database.get_tables():
        return
    kept = read_state(store, KEY)
    is_own = seal.is_last_ours(store) if kept is None else hmac.compare_digest(kept, _mark(store))
    if not is_own:
        raise OtherSecret(path=store.secret_path or "KEFU_SECRET_FILE")


def keep(store: Store) -> None:
    """Writes the value where there is none, in the open transaction."""
    if read_state(store, KEY) is None:
        write_state(store, KEY, _mark(store))


def keep_if_missing(store: Store) -> None:
    """The same in a transaction of its own, for a database from before there was a value.

    Raises:
        OtherSecret: another process was first, with another secret.
    """
    if read_state(store, KEY) is not None:
        return
    try:
        with store.transaction():
            keep(store)
    except ConstraintBroken:
        assert_own(store)


def _mark(store: Store) -> str:
    return derive(store.secret, "secret mark").hex()
