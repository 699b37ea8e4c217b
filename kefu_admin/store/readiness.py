"""Whether a process may start on this database: strong settings, fitting tables, the same config.

What the config needs and the database lacks stops the start; what is found beyond it is a warning,
so that the previous release runs on the expanded schema (rules D16, D18).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kefu_admin.problems import Refusal
from kefu_admin.store import search, secret_mark
from kefu_admin.store.apply import identity, roles
from kefu_admin.store.apply.activation import SWITCHING, fingerprint
from kefu_admin.store.apply.planning import is_drop, outline
from kefu_admin.store.carrying import register
from kefu_admin.store.changeset.steps import AddGuard
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.drivers import MARIADB_COLLATION

_NAMED = 5  # of what is missing; the rest is counted
UNGUARDED = "ready_unguarded"
"""Somebody took the triggers off an append-only table: it can still be read and verified."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about the database; `code` picks the sentence, `facts` fill it."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


class NotReady(Refusal):
    """The database cannot be used as it is. `findings` says why, each a sentence."""

    code, status = "not_ready", 503

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(count=len(findings))


def assert_ready(store: Store) -> tuple[Finding, ...]:
    """Looks at everything once, at start; returns warnings.

    From here on the store watches for another config being applied (`config_moved`).

    Raises:
        NotReady: weak settings, nothing applied, another project's database or one written with
            another secret, or tables that lack what the config needs.
    """
    with store.connection():
        warnings = look(store)
        secret_mark.keep_if_missing(store)
        store.started_on = fingerprint(store) or ""
        return warnings


def look(store: Store) -> tuple[Finding, ...]:
    """Looks at everything and returns warnings; nothing is remembered.

    Raises:
        NotReady: weak settings, nothing applied, or tables that lack what the config needs.
    """
    with store.connection():
        weak = self_check(store)
        if weak:
            raise NotReady(weak)
        applied = fingerprint(store)
        if applied is None:
            raise NotReady((Finding("ready_not_applied"),))
        if applied.startswith(SWITCHING):
            raise NotReady((Finding("ready_switching"),))
        try:
            identity.assert_own(store)
            secret_mark.assert_own(store)
        except (identity.OtherProject, secret_mark.OtherSecret) as other:
            raise NotReady((Finding(other.code, other.facts),)) from other
        steps, _ = outline(store)
        wanted = [step for step in steps if not is_drop(step.action)]
        lacking = [
            Finding(UNGUARDED, {"subject": step.subject})
            for step in wanted
            if isinstance(step.action, AddGuard)
        ]
        missing = tuple(
            dict.fromkeys(step.subject for step in wanted if not isinstance(step.action, AddGuard))
        )
        if missing:
            more = f" … ({len(missing)})" if len(missing) > _NAMED else ""
            lacking.append(
                Finding("ready_missing", {"subject": "、".join(missing[:_NAMED]) + more})
            )
        if lacking:
            raise NotReady(tuple(lacking))
        warnings = [Finding("ready_beyond", {"subject": step.subject}) for step in steps]
        troubles = search.self_test(store)
        if "search_missing" in troubles:
            raise NotReady((Finding("ready_missing", {"subject": search.TABLE}),))
        if "search_outdated" in troubles:  # writing would take out what was never put in
            raise NotReady((Finding("search_outdated"),))
        warnings += [Finding(code) for code in troubles]
        beyond = roles.excess(store)
        if beyond:
            finding = Finding("ready_role_beyond", {"rights": "、".join(beyond[:6])})
            if roles.is_parted(store):
                raise NotReady((finding,))
            warnings.append(Finding("ready_one_role"))
        warnings += [
            Finding("ready_filling", {"subject": f"{each.table}.{each.column}", "rows": each.rows})
            for each in register.unfinished(store)
        ]
        if applied != store.project.fingerprint:
            facts = {"applied": applied[:12], "own": store.project.fingerprint[:12]}
            warnings.append(Finding("ready_other_config", facts))
        return tuple(warnings)


def config_moved(store: Store) -> bool:
    """Whether this process may not write any more: another config has been applied since it
    started, or is being applied. One indexed read."""
    return store.has_moved(fingerprint(store))


def config_waits(store: Store, applied: str | None) -> bool:
    """Whether another config has been applied, for a new process to take up. While MariaDB's tables
    are between two configs none could start.

    Args:
        applied: the fingerprint of the applied one, as just read.
    """
    return store.has_moved(applied) and not str(applied).startswith(SWITCHING)


def self_check(store: Store) -> tuple[Finding, ...]:
    """Settings under which a confirmed change could be lost or compared wrongly (rule D16)."""
    checks = {
        Dialect.SQLITE: _sqlite,
        Dialect.POSTGRESQL: _postgresql,
        Dialect.MARIADB: _mariadb,
    }
    with store.connection():
        return tuple(checks[store.dialect](store))


def _weak(name: str, value: object, wanted: str) -> Finding:
    return Finding("weak_setting", {"name": name, "value": value, "wanted": wanted})


_NETWORK = ("nfs", "cifs", "smb", "9p", "fuse.sshfs", "ceph", "glusterfs", "afs")


def _sqlite(store: Store) -> Iterator[Finding]:
    version = store.value("SELECT sqlite_version()")
    if _version(version) < (3, 37):  # pragma table_list, RETURNING
        yield Finding("weak_version", {"value": version, "wanted": "3.37"})
        return
    for name, good, wanted in (
        ("journal_mode", ("wal",), "wal"),
        ("synchronous", (2, 3), "FULL"),
        ("foreign_keys", (1,), "ON"),
    ):
        value = store.value(f"PRAGMA {name}")
        if value not in good:
            yield _weak(name, value, wanted)
    least = int(store.wait_seconds * 1000)
    if store.value("PRAGMA busy_timeout") < least:
        yield _weak("busy_timeout", store.value("PRAGMA busy_timeout"), f"≥ {least}")
    kind = _file_system(Path(store.database.database))
    if kind.startswith(_NETWORK):
        yield Finding("weak_network_file", {"value": kind})


def _file_system(path: Path) -> str:
    """The type of the file system a file is on, "" where the system does not say."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return ""
    place = str(path.resolve())
    best, kind = "", ""
    for line in mounts.read_text().splitlines():
        _, mount, type_, *_ = line.split()
        inside = place == mount or place.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best):
            best, kind = mount, type_
    return kind


def _postgresql(store: Store) -> Iterator[Finding]:
    number = int(store.value("SHOW server_version_num"))
    if number < 130000:
        yield Finding("weak_version", {"value": store.value("SHOW server_version"), "wanted": "13"})
    for name in ("fsync", "full_page_writes"):
        value = store.value(f"SHOW {name}")
        if value != "on":
            yield _weak(name, value, "on")
    if store.value("SHOW synchronous_commit") == "off":
        yield _weak("synchronous_commit", "off", "on")
    if (encoding := store.value("SHOW server_encoding")) != "UTF8":
        yield Finding("weak_index_locale", {"value": encoding, "wanted": "UTF8"})


def _mariadb(store: Store) -> Iterator[Finding]:
    version = str(store.value("SELECT VERSION()"))
    if "mariadb" not in version.lower() or _version(version) < (10, 6):
        yield Finding("weak_version", {"value": version, "wanted": "MariaDB 10.6"})
    settings = dict(
        store.rows(
            "SHOW VARIABLES WHERE Variable_name IN ('innodb_flush_log_at_trx_commit',"
            " 'sync_binlog', 'log_bin', 'sql_mode', 'tx_isolation', 'innodb_doublewrite',"
            " 'collation_connection', 'innodb_strict_mode', 'wsrep_on', 'wsrep_sync_wait')"
        )
    )
    if settings["innodb_flush_log_at_trx_commit"] != "1":
        value = settings["innodb_flush_log_at_trx_commit"]
        yield _weak("innodb_flush_log_at_trx_commit", value, "1")
    if settings["log_bin"] == "ON" and settings["sync_binlog"] != "1":
        yield _weak("sync_binlog", settings["sync_binlog"], "1")
    if settings.get("innodb_doublewrite") == "OFF":
        yield _weak("innodb_doublewrite", "OFF", "ON")
    for mode in ("STRICT_TRANS_TABLES", "ANSI_QUOTES"):
        if mode not in settings["sql_mode"]:
            yield _weak("sql_mode", settings["sql_mode"], mode)
    if settings["tx_isolation"] != "READ-COMMITTED":
        yield _weak("tx_isolation", settings["tx_isolation"], "READ-COMMITTED")
    if settings["collation_connection"] != MARIADB_COLLATION:
        yield _weak("collation_connection", settings["collation_connection"], MARIADB_COLLATION)
    if settings.get("wsrep_on") == "ON" and settings.get("wsrep_sync_wait") == "0":
        yield _weak("wsrep_sync_wait", "0", "≥ 1")


def _version(text: str) -> tuple[int, int]:
    major, minor, *_ = (*text.split("-")[0].split("."), "0")
    return int(major), int(minor)
