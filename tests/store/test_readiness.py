"""What a process looks at before it starts, and what it watches afterwards."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from kefu_admin import wording
from kefu_admin.actor import system_actor
from kefu_admin.store import audit, seal, secret_mark
from kefu_admin.store.apply import OtherProject, apply, plan, running
from kefu_admin.store.readiness import NotReady, assert_ready, config_moved, self_check
from kefu_admin.store.secret_mark import OtherSecret
from kefu_admin.store.state import read_state
from kefu_admin.store.verify.invariants import changes
from tests.databases import NOW, add, opened
from tests.factories import REQUIRED, choice, content_type, field, project

ACTOR = system_actor("tests")
OLD = content_type("ticket", field("subject"))
NEW = content_type("ticket", field("subject"), field("fax"))

WEAKENED = {
    "sqlite": ("PRAGMA synchronous = NORMAL", "synchronous 现在是 1，应为 FULL。"),
    "postgresql": ("SET synchronous_commit = off", "synchronous_commit 现在是 off，应为 on。"),
    "mariadb": (
        "SET SESSION tx_isolation = 'REPEATABLE-READ'",
        "tx_isolation 现在是 REPEATABLE-READ，应为 READ-COMMITTED。",
    ),
}


def sentences(findings, locale="zh") -> list[str]:
    return [wording.sentence(each.code, locale, **each.facts) for each in findings]


def applied(store) -> None:
    apply(store, plan(store), actor=ACTOR, now=NOW)


@pytest.fixture
def bare(open_bare):
    """A bare database, and stores of other processes on it."""
    store = open_bare(project(OLD))
    others = []

    def other(*types):
        others.append(opened(store.url, project(*types), store.data_directory))
        return others[-1]

    yield store, other
    for each in others:
        each.close()


def test_an_apply_stopped_half_way_is_told_at_start_and_by_verify(bare, monkeypatch):
    store, other = bare
    applied(store)
    add(store, "ticket", subject="7")
    new = other(content_type("ticket", field("subject", "integer")))
    monkeypatch.setattr(running, "_run", _dying)
    with pytest.raises(KeyboardInterrupt):
        applied(new)

    told = (
        "ticket.subject 正在换算（已完成 1 行）：apply 还在做，或者中途停下了；"
        "停下了就再执行一次 kefu apply。"
    )
    assert sentences(changes.applied(store, NOW))[-1] == told
    if store.dialect == "mariadb":  # its tables may be between two configs: nobody starts on them
        with pytest.raises(NotReady) as refused:
            assert_ready(store)
        assert sentences(refused.value.findings) == [
            "上一次 apply 在换表的途中停下了，请再执行一次 kefu apply。"
        ]
    else:
        assert sentences(assert_ready(store))[-1] == told


def _dying(*args, **options):
    raise KeyboardInterrupt


def test_a_fresh_database_asks_for_apply(bare):
    store, _ = bare

    with pytest.raises(NotReady) as refused:
        assert_ready(store)

    assert sentences(refused.value.findings) == [
        "配置还没有应用到这个数据库，请先执行 kefu apply。"
    ]


def test_an_applied_database_is_ready(bare):
    store, _ = bare
    applied(store)

    told = [each.code for each in assert_ready(store)]
    assert told == ([] if store.dialect == "sqlite" else ["ready_one_role"])


def test_one_database_serves_one_project(open_bare):
    store = open_bare(project(OLD, id="harbour"))
    applied(store)
    other = opened(store.url, project(OLD, id="tower"), store.data_directory)

    with pytest.raises(OtherProject) as refused:
        plan(other)
    with pytest.raises(NotReady) as unready:
        assert_ready(other)
    other.close()

    said = (
        "这个数据库属于项目“harbour”，不能用于项目“tower”：一个数据库只服务一个项目。"
        "请换一个数据库；若是同一个项目改了 id，请在 project.yaml 写 renamed_from: harbour。"
    )
    assert wording.refusal(refused.value, "zh") == said
    assert sentences(unready.value.findings) == [said]


def test_a_database_written_with_another_secret_is_refused_by_all(open_bare, monkeypatch):
    store = open_bare(project(OLD))
    applied(store)
    assert_ready(store)
    monkeypatch.setattr(store, "secret", b"another secret of the same length")
    monkeypatch.setattr(store, "secret_path", Path("/etc/kefu/secret"))

    with pytest.raises(OtherSecret) as refused:
        plan(store)
    with pytest.raises(NotReady) as unready:
        assert_ready(store)

    assert sentences(unready.value.findings) == [wording.refusal(refused.value, "zh")]
    assert "密钥文件 /etc/kefu/secret 里的密钥" in sentences(unready.value.findings)[0]


def test_a_database_from_before_the_mark_is_known_by_its_last_block(open_bare, monkeypatch):
    store = open_bare(project(OLD))
    applied(store)
    own = store.secret
    for _ in range(2):  # the first block follows none
        seal.seal(store, owner="tests", now=NOW)
        forget_mark(store)
        monkeypatch.setattr(store, "secret", b"another secret of the same length")
        with pytest.raises(NotReady):
            assert_ready(store)
        assert read_state(store, secret_mark.KEY) is None
        monkeypatch.setattr(store, "secret", own)
        assert_ready(store)
        assert read_state(store, secret_mark.KEY) is not None
        with store.transaction():
            audit.write(store, audit.Line(actor=ACTOR, action="tried", at=NOW))


def test_the_first_start_of_an_unsealed_database_keeps_the_mark(open_bare, monkeypatch):
    store = open_bare(project(OLD))
    applied(store)
    forget_mark(store)
    assert_ready(store)

    kept = read_state(store, secret_mark.KEY)

    assert kept is not None
    assert store.secret.hex() not in kept
    monkeypatch.setattr(store, "secret", b"another secret of the same length")
    with pytest.raises(NotReady):
        assert_ready(store)


def forget_mark(store) -> None:
    store.execute('DELETE FROM "kefu_state" WHERE "key" = ?', (secret_mark.KEY,))


def test_a_project_without_id_may_not_take_what_has_one(open_bare):
    store = open_bare(project(OLD, id="harbour"))
    applied(store)
    nameless = opened(store.url, project(OLD), store.data_directory)

    with pytest.raises(OtherProject):
        plan(nameless)
    nameless.close()


def test_a_project_keeps_its_database_when_named_or_renamed(open_bare):
    store = open_bare(project(OLD))
    applied(store)
    for options in ({"id": "harbour"}, {"id": "port", "renamed_from": "harbour"}, {"id": "port"}):
        later = opened(store.url, project(OLD, **options, texts=options), store.data_directory)
        applied(later)
        assert_ready(later)
        later.close()


def test_a_config_that_needs_more_than_there_is_does_not_start(bare):
    store, other = bare
    applied(store)

    with pytest.raises(NotReady) as refused:
        assert_ready(other(NEW))

    assert sentences(refused.value.findings) == [
        "数据库缺少或不符：ticket.fax，请先执行 kefu plan 和 kefu apply。"
    ]


def test_a_table_changed_by_hand_does_not_start(bare):
    store, _ = bare
    applied(store)
    index = next(iter(store.layout["ticket"].indexes))
    on = ' ON "ticket"' if store.dialect == "mariadb" else ""
    if store.dialect == "mariadb":  # it needs an index for every reference
        store.execute('ALTER TABLE "ticket" DROP FOREIGN KEY "ticket_ibfk_1"')
    store.execute(f'DROP INDEX "{index.name}"{on}')

    with pytest.raises(NotReady) as refused:
        assert_ready(store)

    assert {each.facts["subject"] for each in refused.value.findings} == {
        f"ticket.{'+'.join(index.columns)}"
    }


def test_the_previous_release_runs_on_the_expanded_schema(bare):
    store, other = bare
    applied(other(NEW))

    warnings = assert_ready(store)

    told = [each.code for each in warnings if each.code != "ready_one_role"]
    assert told == ["ready_beyond", "ready_other_config"]
    assert not config_moved(store)


def test_a_process_sees_that_another_config_was_applied(bare):
    store, other = bare
    applied(store)
    assert_ready(store)

    applied(other(NEW))

    assert config_moved(store)


def test_weak_settings_refuse_the_start(bare):
    store, _ = bare
    applied(store)
    statement, sentence = WEAKENED[store.dialect]

    with store.connection():
        assert self_check(store) == ()
        store.execute(statement)
        with pytest.raises(NotReady) as refused:
            assert_ready(store)
        store.database.manual_close()

    assert sentences(refused.value.findings) == [sentence]


def test_a_hundred_types_are_applied_and_found_in_seconds(open_bare):
    types = [
        content_type(
            f"type_{number}",
            field("name", required=REQUIRED, unique=True, max_length=80),
            choice("state", "new", "done"),
            field("owner", "person"),
            field("before", "reference", to=f"type_{(number + 1) % 100}"),
            *(field(f"field_{each}") for each in range(10)),
        )
        for number in range(100)
    ]
    store = open_bare(project(*types))

    started = time.perf_counter()
    applied(store)
    assert plan(store).is_empty
    took = time.perf_counter() - started

    assert took < 30  # 1 to 8 s on two quiet cores; the machine may be busy
