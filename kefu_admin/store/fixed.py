"""The tables every desk has, whatever is configured. Each is written by one module, named here.

Owned tables may grow: a column added here is planned and applied like any other.
"""

from __future__ import annotations

from kefu_admin.store.names import index_name
from kefu_admin.store.shapes import ColumnKind, ColumnShape, IndexShape, TableShape


def _id() -> ColumnShape:
    return ColumnShape(name="id", kind=ColumnKind.ID, nullable=False)


def _text(name: str, length: int = 255, *, required: bool = True) -> ColumnShape:
    return ColumnShape(name=name, kind=ColumnKind.TEXT, length=length, nullable=not required)


def _long(name: str, *, required: bool = True) -> ColumnShape:
    return ColumnShape(name=name, kind=ColumnKind.LONG_TEXT, nullable=not required)


def _integer(name: str, *, required: bool = True, default: int | None = None) -> ColumnShape:
    return ColumnShape(name=name, kind=ColumnKind.INTEGER, nullable=not required, default=default)


def _flag(name: str, default: int) -> ColumnShape:
    check = f'"{name}" IN (0, 1)'
    return ColumnShape(
        name=name, kind=ColumnKind.BOOLEAN, nullable=False, default=default, check=check
    )


def _instant(name: str, *, required: bool = True) -> ColumnShape:
    return ColumnShape(name=name, kind=ColumnKind.INSTANT, nullable=not required)


def _link(name: str, table: str, *, required: bool = True) -> ColumnShape:
    return ColumnShape(name=name, kind=ColumnKind.INTEGER, nullable=not required, references=table)


def _table(
    name: str,
    *columns: ColumnShape,
    unique: tuple[tuple[str, ...], ...] = (),
    indexes: tuple[tuple[str, ...], ...] = (),
    append_only: bool = False,
) -> TableShape:
    return TableShape(
        name=name,
        columns=columns,
        indexes=tuple(
            IndexShape(name=index_name(name, key, unique=is_unique), columns=key, unique=is_unique)
            for is_unique, keys in ((True, unique), (False, indexes))
            for key in keys
        ),
        append_only=append_only,
    )


# store.apply, store.readiness
_CONFIGURED = (
    _table(
        "kefu_apply_step",
        _id(),
        _text("plan", 64),
        _long("step"),
        _instant("started_at"),
        _instant("finished_at", required=False),
        indexes=(("plan",),),
    ),
    _table(
        "kefu_state",
        _id(),
        _text("key", 64),
        _long("value"),
        unique=(("key",),),
    ),
    _table(
        "kefu_definition",
        _id(),
        _text("fingerprint", 64),
        _long("text"),
        _instant("activated_at"),
        _text("activated_by", 128),
        indexes=(("fingerprint",),),
        append_only=True,
    ),
)

# store.accounts, sessions, throttle, tokens
_PEOPLE = (
    _table(
        "kefu_department",
        _id(),
        _integer("version", default=1),
        _text("name", 64),
        _text("code", 32, required=False),
        _link("parent_id", "kefu_department", required=False),
        _text("path", 255),
        _flag("active", 1),
        _instant("created_at"),
        _instant("updated_at"),
        unique=(("code",),),
        indexes=(("parent_id",), ("path",)),
    ),
    _table(
        "kefu_user",
        _id(),
        _integer("version", default=1),
        _text("login", 64),
        _text("name", 64),
        _text("password_hash", 255),
        _link("department_id", "kefu_department", required=False),
        _flag("active", 1),
        _flag("must_change", 1),
        _flag("demo", 0),
        _integer("auth_epoch", default=1),
        _instant("password_changed_at", required=False),
        _instant("last_sign_in_at", required=False),
        _instant("created_at"),
        _instant("updated_at"),
        unique=(("login",),),
        indexes=(("department_id",),),
    ),
    _table(
        "kefu_user_role",
        _id(),
        _link("user_id", "kefu_user"),
        _text("role", 64),
        unique=(("user_id", "role"),),
        indexes=(("role",),),
    ),
    _table(
        "kefu_session",
        _id(),
        _text("id_hash", 64),
        _link("user_id", "kefu_user"),
        _instant("created_at"),
        _instant("seen_at"),
        _instant("expires_at"),
        _integer("auth_epoch"),
        _text("csrf", 64),
        _text("address", 64, required=False),
        _text("agent", 255, required=False),
        unique=(("id_hash",),),
        indexes=(("user_id",), ("expires_at",)),
    ),
    _table(
        "kefu_throttle",
        _id(),
        _text("key", 191),
        _instant("window_start"),
        _integer("count"),
        unique=(("key",),),
        indexes=(("window_start",),),
    ),
    _table(
        "kefu_token",
        _id(),
        _text("hash", 64),
        _link("user_id", "kefu_user"),
        _text("name", 64),
        _long("scopes"),
        _instant("expires_at", required=False),
        _instant("revoked_at", required=False),
        _instant("created_at"),
        _instant("last_used_at", required=False),
        unique=(("hash",),),
        indexes=(("user_id",),),
    ),
    _table(
        "kefu_password_history",
        _id(),
        _link("user_id", "kefu_user"),
        _text("password_hash", 255),
        _instant("changed_at"),
        indexes=(("user_id", "id"),),
    ),
)

# store.audit, seal, lease
_BOOKS = (
    _table(
        "kefu_audit",
        _id(),
        _text("chain", 128),
        _integer("seq"),
        _text("previous", 64),
        _instant("at"),
        _integer("actor_id", required=False),
        _text("actor", 128),
        _text("source", 32),
        _text("address", 64),
        _text("session", 64),
        _text("action", 64),
        _text("type", 64),
        _integer("record_id", required=False),
        _integer("version", required=False),
        _long("changes"),
        _text("reason", 1000),
        _text("operation", 64),
        _text("definition", 64),
        _text("digest", 64),
        _integer("transaction_id", required=False),
        unique=(("chain", "seq"),),
        indexes=(("at", "id"), ("type", "record_id"), ("actor_id",), ("transaction_id",)),
        append_only=True,
    ),
    _table(
        "kefu_seal",
        _id(),
        _integer("number"),
        _instant("sealed_at"),
        _long("ids"),
        _integer("lines"),
        _integer("last_id"),
        _integer("horizon"),
        _long("pending"),
        _text("content", 64),
        _text("head", 64),
        unique=(("number",),),
        indexes=(("sealed_at", "last_id"),),
        append_only=True,
    ),
    _table(
        "kefu_lease",
        _id(),
        _text("name", 64),
        _text("owner", 128),
        _integer("until_ms"),
        _integer("fence"),
        unique=(("name",),),
    ),
)

# store.change: history, outbox, idempotency, numbers, attachments
_WRITTEN = (
    _table(
        "kefu_history",
        _id(),
        _text("type", 64),
        _integer("record_id"),
        _integer("version"),
        _instant("at"),
        _integer("actor_id", required=False),
        _text("actor", 128),
        _text("action", 32),
        _text("operation", 64),
        _text("definition", 64),
        _long("before", required=False),
        _long("after", required=False),
        unique=(("type", "record_id", "version"),),
    ),
    _table(
        "kefu_outbox",
        _id(),
        _text("event", 64),
        _text("type", 64),
        _integer("record_id"),
        _integer("version"),
        _instant("at"),
        _integer("actor_id", required=False),
        _text("operation", 64),
        _long("body", required=False),
        _instant("sent_at", required=False),
        indexes=(("sent_at", "id"),),
    ),
    _table(
        "kefu_idempotency",
        _id(),
        _text("actor", 128),
        _text("key", 128),
        _text("body_hash", 64),
        _text("operation", 64),
        _long("result", required=False),
        _instant("at"),
        unique=(("actor", "key"),),
        indexes=(("at",),),
    ),
    _table(
        "kefu_counter",
        _id(),
        _text("series", 64),
        _text("period", 16),
        _text("department", 64),
        _integer("value"),
        unique=(("series", "period", "department"),),
    ),
    _table(
        "kefu_void_number",
        _id(),
        _text("series", 64),
        _text("number", 64),
        _text("reason", 255),
        _text("type", 64),
        _integer("record_id", required=False),
        _instant("at"),
        _integer("actor_id", required=False),
        _text("actor", 128),
        unique=(("series", "number"),),
        append_only=True,
    ),
    _table(
        "kefu_attachment",
        _id(),
        _text("type", 64),
        _text("field", 64),
        _integer("record_id", required=False),
        _integer("position", default=0),
        _text("name", 255),
        _text("media_type", 127),
        _integer("size"),
        _text("sha256", 64),
        _text("path", 255),
        _instant("created_at"),
        _link("created_by", "kefu_user", required=False),
        indexes=(("type", "record_id", "field", "position"), ("sha256",), ("created_by",)),
    ),
)

# store.search
_SEARCH = ()

FIXED_TABLES: tuple[TableShape, ...] = (*_CONFIGURED, *_PEOPLE, *_BOOKS, *_WRITTEN, *_SEARCH)
