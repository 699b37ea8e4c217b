"""Owner and runtime role on the two databases that know roles: a real second one, made and dropped
by the test, runs the desk and can do no more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from kefu_admin import wording
from kefu_admin.store import seal
from kefu_admin.store.apply.roles import STATE, NoRole, SameRole, excess, grant
from kefu_admin.store.database import Store
from kefu_admin.store.inserts import COPIED
from kefu_admin.store.loading import loading
from kefu_admin.store.readiness import NotReady, assert_ready
from kefu_admin.store.state import read_state
from tests.databases import NOW, opened
from tests.desks import furnish
from tests.roles import ROLE, lesser_role

pytestmark = pytest.mark.parametrize("dialect", ["postgresql", "mariadb"], indirect=True)
MANY = COPIED * 2  # so many that every bulk way is taken


@pytest.fixture
def runtime(store: Store) -> Iterator[str]:
    """The URL of a role that may only sign in."""
    with lesser_role(store) as url:
        yield url


FORBIDDEN = (
    """UPDATE "kefu_audit" SET "actor" = 'x'""",
    'DELETE FROM "kefu_audit"',
    'DELETE FROM "kefu_seal"',
    """UPDATE "kefu_history" SET "actor" = 'x'""",
    """INSERT INTO "kefu_definition" ("fingerprint", "text", "activated_at", "activated_by")"""
    " VALUES ('x', 'x', '2026-01-01', 'x')",
    'UPDATE "kefu_backfill" SET "last_id" = 0',
    'CREATE TABLE "theirs" ("id" BIGINT)',
    'ALTER TABLE "customer" ADD COLUMN "theirs" BIGINT',
    'DROP TABLE "customer"',
)


def test_the_runtime_role_runs_the_desk_and_can_do_no_more(store, runtime, small_project):
    desk = furnish(store)
    assert grant(store, runtime).partition("@")[0] == ROLE

    with closing(opened(runtime, small_project, store.data_directory)) as lesser:
        assert excess(lesser) == ()
        assert assert_ready(lesser) == ()
        for statement in FORBIDDEN:
            with pytest.raises(Exception, match=r"denied|permission|must be owner"):
                lesser.execute(statement)
        mine = replace(desk, store=lesser)
        made = mine.create("boss", "customer")
        mine.update("boss", "customer", made, 1, name="乙公司")
        mine.remove("boss", "customer", made, 2)
        for granted in ("all", "what was granted before sequences were"):
            rows = [{"name": f"{granted} {n}", "kind": "company"} for n in range(MANY)]
            with loading(lesser):
                mine.change("boss", lambda change, rows=rows: change.create_many("customer", rows))
            if store.dialect == "postgresql":
                store.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {ROLE}")
        assert desk.count("customer") == 2 * MANY
        seal.seal(lesser, owner="tests", now=NOW)


def test_once_parted_a_stronger_role_is_refused(store, runtime, small_project):
    assert [each.code for each in assert_ready(store)] == ["ready_one_role"]
    role = grant(store, runtime)

    with pytest.raises(NotReady) as refused:
        assert_ready(store)

    assert [each.code for each in refused.value.findings] == ["ready_role_beyond"]
    told = wording.sentence("ready_role_beyond", "zh", **refused.value.findings[0].facts)
    assert told.startswith("本进程的数据库角色权限过大（")
    assert read_state(store, STATE) == role
    account = _text_of(store, role)
    store.execute(f'GRANT UPDATE ON "kefu_audit" TO {account}')
    with closing(opened(runtime, small_project, store.data_directory)) as lesser:
        assert excess(lesser) == ("UPDATE kefu_audit",)


def _text_of(store: Store, role: str) -> str:
    user, _, host = role.partition("@")
    return f"'{user}'@'{host}'" if store.dialect == "mariadb" else role


def test_one_role_cannot_be_parted_from_itself(store):
    with pytest.raises(SameRole):
        grant(store, store.url)


def test_a_role_that_is_not_there_is_named(store):
    at = urlsplit(store.url)
    nobody = at._replace(netloc=f"kefu_nobody:x@{at.hostname}").geturl()

    with pytest.raises(NoRole) as refused:
        grant(store, nobody)

    assert refused.value.facts["role"] == "kefu_nobody"
