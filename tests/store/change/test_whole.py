"""A change is whole or nothing, once however often it is sent, and cheap in statements."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from kefu_admin.problems import (
    ConfigMoved,
    Conflict,
    Invalid,
    KeyReused,
    Refusal,
    StillReferenced,
)
from kefu_admin.store.database import Store
from kefu_admin.store.idempotency import IdempotencyKey, forget
from kefu_admin.store.verify import verify
from tests.desks import NOW, Desk

WRITTEN = (
    "customer", "contact", "visit", "kefu_history", "kefu_audit", "kefu_outbox", "kefu_counter",
    "kefu_idempotency", "kefu_void_number",
)  # fmt: skip


class Broken(RuntimeError):
    """The planted fault."""


class Counting:
    """Counts statements of a store, and breaks before a chosen one."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch, break_at: int = 0) -> None:
        self.seen: list[str] = []
        self.break_at = break_at
        execute, execute_many = store.execute, store.execute_many

        def note(sql: str) -> None:
            if sql.split()[0] in ("BEGIN", "COMMIT", "ROLLBACK"):
                return
            self.seen.append(sql)
            if len(self.seen) == self.break_at:
                raise Broken(sql)

        def one(sql: str, params: Sequence[object] = ()) -> Any:
            note(sql)
            return execute(sql, params)

        def many(sql: str, rows: Sequence[Sequence[object]]) -> None:
            if rows:
                note(sql)
            execute_many(sql, rows)

        monkeypatch.setattr(store, "execute", one)
        monkeypatch.setattr(store, "execute_many", many)


def everything(desk: Desk) -> dict[str, list[Any]]:
    """All that a change may write."""
    return {
        table: sorted(map(repr, desk.store.rows(f'SELECT * FROM "{table}"'))) for table in WRITTEN
    }


KEY = IdempotencyKey("k1", "h1")
OPERATIONS: dict[str, Callable[[Desk, int], Any]] = {
    "create": lambda desk, _: desk.change(
        "boss",
        lambda c: c.create(
            "customer", {"name": "乙", "kind": "company", "contacts": ({"name": "张三"},)}
        ),
        key=KEY,
    ),
    "visit": lambda desk, made: desk.create("boss", "visit", customer=made),
    "update": lambda desk, made: desk.update(
        "boss", "customer", made, 1, level="a", contacts=({"name": "张三"},)
    ),
    "remove": lambda desk, made: desk.remove("boss", "customer", made, 1),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_fault_at_any_statement_leaves_nothing_half_done(
    desk: Desk, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = desk.create("boss", "customer", contacts=({"name": "李四"},))
    before = everything(desk)
    at, done = 0, False
    while not done:
        at += 1
        with monkeypatch.context() as patch:
            Counting(desk.store, patch, break_at=at)
            try:
                OPERATIONS[operation](desk, made)
            except Broken:
                pass
            else:
                done = True
        if not done:
            assert everything(desk) == before, f"half done at statement {at}"

    assert at > 5
    assert everything(desk) != before


def test_a_simple_customer_costs_few_statements(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.create("wang", "customer", name="热身")
    desk.create("wang", "customer", name="再热身")  # as after an apply: the index knows the type
    with monkeypatch.context() as patch:
        counting = Counting(desk.store, patch)
        made = desk.change(
            "wang", lambda c: c.create("customer", {"name": "乙", "kind": "company"}), key=KEY
        )
        created = len(counting.seen)
    with monkeypatch.context() as patch:
        counting = Counting(desk.store, patch)
        desk.change(
            "wang",
            lambda c: c.update("customer", made, 1, {"level": "a"}),
            key=IdempotencyKey("k2", "h2"),
        )
        updated = len(counting.seen)

    assert created <= 8
    assert updated <= 8


def test_many_cost_no_more_statements_than_a_few(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs = []
    for count in (2, 40):
        rows = [{"name": f"公司{count}-{i}", "kind": "company"} for i in range(count)]
        with monkeypatch.context() as patch:
            counting = Counting(desk.store, patch)
            made = desk.change("wang", lambda c, rows=rows: c.create_many("customer", rows))
            versions = dict.fromkeys(made, 1)
            desk.change("wang", lambda c, v=versions: c.update_many("customer", v, {"level": "a"}))
            statements = [sql.split(" VALUES ")[0] for sql in counting.seen]
            costs.append(len([s for s in statements if "kefu_" not in s]))

    assert costs[0] == costs[1]


def test_the_same_request_takes_effect_once(desk: Desk) -> None:
    def create(change: Any) -> int:
        made: int = change.create("customer", {"name": "乙", "kind": "company"})
        return made

    first = desk.change("wang", create, key=KEY)
    again = desk.change("wang", create, key=KEY)

    assert first == again
    assert desk.count("customer") == 1


def test_a_key_belongs_to_one_request_of_one_person(desk: Desk) -> None:
    def create(change: Any) -> int:
        made: int = change.create("customer", {"name": "乙", "kind": "company"})
        return made

    desk.change("wang", create, key=KEY)

    with pytest.raises(KeyReused):
        desk.change("wang", create, key=replace(KEY, body_hash="other"))
    desk.change("li", create, key=KEY)
    assert desk.count("customer") == 2


def test_a_refused_request_leaves_its_key_free(desk: Desk) -> None:
    with pytest.raises(Refusal):
        desk.change("wang", lambda c: c.create("customer", {"kind": "company"}), key=KEY)

    desk.change("wang", lambda c: c.create("customer", {"name": "乙", "kind": "company"}), key=KEY)


def test_keys_are_forgotten_after_their_time(desk: Desk) -> None:
    desk.change("wang", lambda c: c.create("customer", {"name": "乙", "kind": "company"}), key=KEY)

    assert forget(desk.store, before=NOW) == 0
    assert forget(desk.store, before=NOW.replace(day=22)) == 1


def test_a_process_with_an_older_config_may_not_write(desk: Desk) -> None:
    desk.store.execute('DELETE FROM "kefu_state" WHERE "key" = ?', ("fingerprint",))
    desk.store.execute(
        'INSERT INTO "kefu_state" ("key", "value") VALUES (?, ?)', ("fingerprint", "newer")
    )

    with pytest.raises(ConfigMoved):
        desk.create("wang", "customer")


# races (R07, R09, R10, small)


def together(count: int, work: Callable[[int], object]) -> list[object]:
    """Run work in threads that start at once; what each returned or the refusal it met."""
    barrier = threading.Barrier(count)
    answers: list[object] = [None] * count

    def one(index: int) -> None:
        barrier.wait()
        try:
            answers[index] = work(index)
        except Refusal as refusal:
            answers[index] = refusal

    threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_eight_writers_get_numbers_without_duplicate_or_gap(desk: Desk) -> None:
    def work(index: int) -> None:
        for round_ in range(5):
            desk.create("wang", "customer", name=f"公司{index}-{round_}")
            with pytest.raises(Refusal):
                desk.create("wang", "customer", owner=9999)
        desk.store.release()

    together(8, work)

    codes = sorted(code for (code,) in desk.store.rows('SELECT "code" FROM "customer"'))
    assert codes == [f"KH202611-{n:04d}" for n in range(1, 41)]


def test_of_many_editors_of_one_version_one_wins(desk: Desk) -> None:
    made = desk.create("wang", "customer")

    def work(index: int) -> int:
        try:
            return desk.update("wang", "customer", made, 1, level="ab"[index % 2])
        finally:
            desk.store.release()

    answers = together(8, work)

    assert answers.count(2) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 7


def test_twenty_sending_the_same_key_have_one_effect_and_one_answer(desk: Desk) -> None:
    def work(_: int) -> object:
        try:
            return desk.change(
                "wang", lambda c: c.create("customer", {"name": "乙", "kind": "company"}), key=KEY
            )
        finally:
            desk.store.release()

    answers = together(20, work)

    assert len(set(map(str, answers))) == 1
    assert desk.count("customer") == 1
    assert desk.store.value('SELECT "value" FROM "kefu_counter"') == 1


def test_writers_of_referring_rows_do_not_miss_each_other_s(desk: Desk) -> None:
    customer = desk.create("wang", "customer")

    def work(_: int) -> None:
        for _round in range(5):
            desk.create("wang", "visit", customer=customer)
        desk.store.release()

    together(6, work)

    assert desk.row("customer", customer, "visit_count") == (30,)


def test_what_was_written_passes_verify(desk: Desk) -> None:
    made = desk.create("boss", "customer", contacts=({"name": "张三"},), phone="13800005678")
    visit = desk.create("boss", "visit", customer=made)
    desk.update("boss", "customer", made, 1, level="b", contacts=({"name": "李四"},))
    desk.create("boss", "contact", customer=made, name="王五")
    desk.remove("boss", "visit", visit, 1)
    desk.remove("boss", "customer", made, 3)
    desk.create("wang", "customer", kind="person", phone="13900001111")

    report = verify(desk.store, now=NOW)

    people = ("person", "department")  # put there by hand, without a line in the book
    assert [f for f in report.findings if f.facts.get("type") not in people] == []


def test_a_record_is_not_deleted_from_under_one_that_comes_to_refer_to_it(desk: Desk) -> None:
    customers = [desk.create("boss", "customer", name=f"公司{i}") for i in range(6)]

    def work(index: int) -> object:
        customer = customers[index // 2]
        try:
            if index % 2:
                return desk.remove("boss", "customer", customer, 1)
            return desk.create("boss", "visit", customer=customer)
        finally:
            desk.store.release()

    answers = together(12, work)

    for visited, removed in zip(answers[::2], answers[1::2], strict=True):
        assert isinstance(visited, Invalid) != isinstance(removed, StillReferenced)
