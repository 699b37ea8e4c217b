"""Two database roles: the owner, who changes tables, and the one web and worker run under.

After an apply the owner grants the runtime role exactly what statements of a running desk need: no
DDL, and on books nothing but reading and adding. SQLite knows no roles; there triggers alone keep
the books.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from kefu_admin.problems import Refusal
from kefu_admin.store import search
from kefu_admin.store.carrying import register
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.session import Session
from kefu_admin.store.shapes import TableShape
from kefu_admin.store.state import read_state, write_state

STATE = "runtime_role"  # key in kefu_state: the role that was granted its part last

_ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")
_BOOK = ("SELECT", "INSERT")
_OWN: Mapping[str, tuple[str, ...]] = {
    "kefu_definition": ("SELECT",),  # apply's alone
    "kefu_apply_step": ("SELECT",),
    register.TABLE: ("SELECT",),
    "kefu_state": ("SELECT", "INSERT", "UPDATE"),
    "kefu_history": ("SELECT", "INSERT", "DELETE"),  # a person's data is erased, never rewritten
}
_DDL = ("CREATE", "ALTER", "DROP", "INDEX", "TRIGGER", "REFERENCES", "SUPER", "CREATE VIEW")


class SameRole(Refusal):
    """Owner and runtime role are one: nothing is parted. facts: role."""

    code, status = "same_role", 422


class NoRole(Refusal):
    """The runtime role cannot be granted anything: it is not there. facts: role, why."""

    code, status = "no_role", 422


def privileges(table: TableShape) -> tuple[str, ...]:
    """What a running desk may do with a table."""
    return _OWN.get(table.name, _BOOK if table.append_only else _ALL)


def grant(store: Store, runtime_url: str) -> str:
    """Gives the role of a URL its part of every table there is, and nothing else; returns its name.

    Args:
        store: opened as the owner.
        runtime_url: what web and worker open.

    Raises:
        SameRole: it is the owner's own.
        NoRole: there is no such role, or it cannot sign in.
    """
    role = _role(store, runtime_url)
    for statement in _statements(store, role):
        store.execute(statement)
    with store.transaction():
        write_state(store, STATE, role)
    return role


def excess(store: Store) -> tuple[str, ...]:
    """What the role of this connection may do beyond its part, as words of the database; none on
    SQLite."""
    if store.dialect is Dialect.POSTGRESQL:
        return tuple(_postgresql_excess(store))
    if store.dialect is Dialect.MARIADB:
        return tuple(_mariadb_excess(store))
    return ()


def is_parted(store: Store) -> bool:
    """Whether an owner has granted a runtime role its part: from then on more is refused."""
    return read_state(store, STATE) is not None


def _role(store: Store, runtime_url: str) -> str:
    name = unquote(urlsplit(runtime_url).username or "")
    if store.dialect is Dialect.POSTGRESQL:
        if name == store.value("SELECT CURRENT_USER"):
            raise SameRole(role=name)
        if not store.value("SELECT 1 FROM pg_roles WHERE rolname = ?", (name,)):
            raise NoRole(role=name, why="pg_roles")
        return name
    everybody = urlsplit(runtime_url)._replace(path="/information_schema").geturl()
    runtime = Session(everybody, max_connections=1)
    try:
        account = str(runtime.value("SELECT CURRENT_USER()"))  # with the host it was matched by
    except Refusal as error:
        raise NoRole(role=name, why=error.__cause__ or error) from error
    finally:
        runtime.close()
    if account == store.value("SELECT CURRENT_USER()"):
        raise SameRole(role=account)
    return account


def _statements(store: Store, role: str) -> Iterator[str]:
    tables = set(store.database.get_tables())
    shapes = [shape for name, shape in store.layout.items() if name in tables]
    given = [(shape.name, privileges(shape)) for shape in shapes]
    given += [(search.TABLE, _ALL)] if search.TABLE in tables else []
    if store.dialect is Dialect.POSTGRESQL:
        name = quoted(role)
        schema = quoted(str(store.value("SELECT current_schema()")))
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name}"
        yield f"REVOKE CREATE ON SCHEMA {schema} FROM {name}, PUBLIC"
        yield f"GRANT USAGE ON SCHEMA {schema} TO {name}"
        yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {name}"
        for table, rights in given:
            yield f"GRANT {', '.join(rights)} ON {quoted(table)} TO {name}"
        return
    user, _, host = role.rpartition("@")
    account = f"{_text(user)}@{_text(host)}"
    for table, rights in given:
        yield f"GRANT {', '.join(rights)} ON {quoted(table)} TO {account}"


def _text(name: str) -> str:
    return "'" + name.replace("\\", "\\\\").replace("'", "''") + "'"


def _books(store: Store) -> tuple[str, ...]:
    return tuple(name for name, shape in store.layout.items() if shape.append_only)


def _postgresql_excess(store: Store) -> Iterator[str]:
    if store.value("SELECT rolsuper FROM pg_roles WHERE rolname = CURRENT_USER"):
        yield "SUPERUSER"
        return
    if store.value("SELECT has_schema_privilege(current_schema(), 'CREATE')"):
        yield "CREATE"
    owned = store.value(
        "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema()"
        " AND tableowner = CURRENT_USER"
    )
    if owned:
        yield f"OWNER ({owned})"
    for table in _books(store):
        for right in ("UPDATE", "DELETE", "TRUNCATE"):
            if store.value(
                "SELECT has_table_privilege(format('%I.%I', current_schema(), CAST(? AS text)), ?)",
                (table, right),
            ):
                yield f"{right} {table}"


def _mariadb_excess(store: Store) -> Iterator[str]:
    user, _, host = str(store.value("SELECT CURRENT_USER()")).rpartition("@")
    grantee = f"'{user}'@'{host}'"
    wide = {
        str(right)
        for (right,) in store.rows(
            "SELECT privilege_type FROM information_schema.user_privileges WHERE grantee = ?"
            " UNION SELECT privilege_type FROM information_schema.schema_privileges"
            " WHERE grantee = ? AND DATABASE() LIKE table_schema",
            (grantee, grantee),
        )
    }
    yield from sorted(wide & {*_DDL, "UPDATE", "DELETE"})
    for table, right in store.rows(
        "SELECT table_name, privilege_type FROM information_schema.table_privileges"
        " WHERE grantee = ? AND table_schema = DATABASE()",
        (grantee,),
    ):
        if right in _DDL or (table in _books(store) and right not in _BOOK):
            yield f"{right} {table}"
