"""Leases: which of several processes does a piece of background work just now.

Measured by the database's clock, kept in integer milliseconds (a float column is float4 on two of
the three databases and loses seconds). Taken inside the transaction that does the work, so that the
row's lock alone already keeps two of them apart.
"""

from __future__ import annotations

from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.faults import BusyBeforeCommit, ConstraintBroken

# The database's clock within a statement, one value throughout it: whole milliseconds since 1970.
NOW_MS = {
    Dialect.SQLITE: "(CAST(strftime('%s', 'now') AS INTEGER) * 1000"
    " + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER))",
    Dialect.POSTGRESQL: "CAST(FLOOR(EXTRACT(EPOCH FROM statement_timestamp()) * 1000) AS bigint)",
    Dialect.MARIADB: "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000)",
}


def claim(store: Store, name: str, *, owner: str, milliseconds: int) -> bool:
    """Take or keep the lease in the open transaction; False while another holds it.

    Args:
        owner: names the process; the same owner renews.
        milliseconds: how long others stay away after this.

    Raises:
        BusyBeforeCommit: two took a new lease at the same moment; try the whole unit again.
    """
    now = database_milliseconds(store)
    until = now + milliseconds
    taken = store.execute(
        'UPDATE "kefu_lease" SET "owner" = ?, "until_ms" = ?, "fence" = "fence" + 1'
        ' WHERE "name" = ? AND ("owner" = ? OR "until_ms" < ?)',
        (owner, until, name, owner, now),
    )
    if taken.rowcount:
        return True
    if store.row('SELECT 1 FROM "kefu_lease" WHERE "name" = ?', (name,)):
        return False
    try:
        store.execute(
            'INSERT INTO "kefu_lease" ("name", "owner", "until_ms", "fence") VALUES (?, ?, ?, 1)',
            (name, owner, until),
        )
    except ConstraintBroken as error:  # another took it first, at the very same moment
        raise BusyBeforeCommit from error
    return True


def give_up(store: Store, name: str, *, owner: str) -> None:
    """End one's own lease at once, at shutdown; in the open transaction."""
    store.execute(
        'UPDATE "kefu_lease" SET "until_ms" = 0 WHERE "name" = ? AND "owner" = ?', (name, owner)
    )


def database_milliseconds(store: Store) -> int:
    """The database's clock in whole milliseconds since 1970."""
    return int(store.database_now().timestamp() * 1000)
