"""What concerns an account's password and its sign-ins. Hashes stay in here and in two tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kefu_admin.actor import Actor, system_actor
from kefu_admin.store.accounts.people import Person, person
from kefu_admin.store.accounts.people_writing import write_line
from kefu_admin.store.database import Store
from kefu_admin.store.shapes import ColumnKind

NO_PASSWORD = "!"  # noqa: S105 -- no hash is equal to it, so nothing fits


def password_hash(store: Store, person_id: int) -> str:
    """The stored hash; NO_PASSWORD when nothing fits."""
    found = store.value('SELECT "password_hash" FROM "kefu_user" WHERE "id" = ?', (person_id,))
    return str(found or NO_PASSWORD)


def former_passwords(store: Store, person_id: int, *, count: int) -> tuple[str, ...]:
    """The present hash and those before it, newest first, `count` at most."""
    rows = store.rows(
        'SELECT "password_hash" FROM "kefu_password_history" WHERE "user_id" = ?'
        ' ORDER BY "id" DESC LIMIT ?',
        (person_id, count),
    )
    present = password_hash(store, person_id)
    return tuple(dict.fromkeys((present, *(str(old) for (old,) in rows))))[:count]


def set_password(
    store: Store,
    person_id: int,
    new_hash: str,
    *,
    must_change: bool,
    kept: int,
    actor: Actor,
    now: datetime,
    action: str,
    operation: str,
) -> Person:
    """Give an account another password; ends all its sessions.

    Args:
        must_change: somebody else chose it.
        kept: how many former hashes are remembered.
        action: what the audit line calls it (`change_password`, `reset_password`).
    """
    before = person(store, person_id, lock=True)
    at = store.to_db(ColumnKind.INSTANT, now)
    store.execute(
        'INSERT INTO "kefu_password_history" ("user_id", "password_hash", "changed_at")'
        ' SELECT "id", "password_hash", ? FROM "kefu_user" WHERE "id" = ?',
        (at, person_id),
    )
    _forget_older(store, person_id, kept)
    after = replace(
        before,
        version=before.version + 1,
        must_change=must_change,
        auth_epoch=before.auth_epoch + 1,
        password_changed_at=now,
    )
    store.execute(
        'UPDATE "kefu_user" SET "version" = ?, "password_hash" = ?, "must_change" = ?,'
        ' "auth_epoch" = ?, "password_changed_at" = ?, "updated_at" = ? WHERE "id" = ?',
        (after.version, new_hash, int(must_change), after.auth_epoch, at, at, person_id),
    )
    write_line(store, before, after, action, actor=actor, now=now, operation=operation)
    return after


def upgrade_hash(store: Store, person_id: int, old_hash: str, new_hash: str) -> None:
    """The same password hashed with today's costs; no change anybody has to know of."""
    store.execute(
        'UPDATE "kefu_user" SET "password_hash" = ? WHERE "id" = ? AND "password_hash" = ?',
        (new_hash, person_id, old_hash),
    )


def void_password(store: Store, one: Person, *, now: datetime) -> Person:
    """From now on no password of ours fits: the person has another way in."""
    after = replace(one, version=one.version + 1, must_change=False, password_changed_at=None)
    store.execute(
        'UPDATE "kefu_user" SET "version" = ?, "password_hash" = ?, "must_change" = 0,'
        ' "password_changed_at" = NULL, "updated_at" = ? WHERE "id" = ?',
        (after.version, NO_PASSWORD, store.to_db(ColumnKind.INSTANT, now), one.id),
    )
    write_line(
        store,
        one,
        after,
        "void_password",
        actor=system_actor("sign_in"),
        now=now,
        operation="sign_in",
    )
    return after


def signed_in(store: Store, person_id: int, *, now: datetime) -> None:
    """Remember when the person last signed in."""
    store.execute(
        'UPDATE "kefu_user" SET "last_sign_in_at" = ? WHERE "id" = ?',
        (store.to_db(ColumnKind.INSTANT, now), person_id),
    )


def retire(store: Store, one: Person, *, actor: Actor, now: datetime, operation: str) -> Person:
    """Take an account out of use for good: its login is free again, nothing opens it, its roles are
    gone. The row stays, since records name it."""
    before = person(store, one.id, lock=True)
    after = replace(
        before,
        version=before.version + 1,
        login=f"removed-{before.id}",
        active=False,
        demo=False,
        roles=frozenset(),
        auth_epoch=before.auth_epoch + 1,
    )
    store.execute(
        'UPDATE "kefu_user" SET "version" = ?, "login" = ?, "active" = 0, "demo" = 0,'
        ' "password_hash" = ?, "auth_epoch" = ?, "updated_at" = ? WHERE "id" = ?',
        (
            after.version, after.login, NO_PASSWORD, after.auth_epoch,
            store.to_db(ColumnKind.INSTANT, now), after.id,
        ),
    )  # fmt: skip
    for table in ("kefu_user_role", "kefu_session", "kefu_token", "kefu_password_history"):
        store.execute(f'DELETE FROM "{table}" WHERE "user_id" = ?', (after.id,))
    write_line(store, before, after, "retire", actor=actor, now=now, operation=operation)
    return after


def _forget_older(store: Store, person_id: int, kept: int) -> None:
    oldest = store.value(
        'SELECT "id" FROM "kefu_password_history" WHERE "user_id" = ?'
        ' ORDER BY "id" DESC LIMIT 1 OFFSET ?',
        (person_id, kept - 1),
    )
    if oldest is not None:
        store.execute(
            'DELETE FROM "kefu_password_history" WHERE "user_id" = ? AND "id" < ?',
            (person_id, oldest),
        )
