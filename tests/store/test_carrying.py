"""Rows that are there are carried into another notation: which kinds become which, in what steps,
and what a desk that goes on writing meanwhile is left with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kefu_admin.actor import system_actor
from kefu_admin.definitions.content_type import Unique
from kefu_admin.store.apply import apply, backfill, lines, plan
from kefu_admin.store.apply.backfill import NotUnique
from kefu_admin.store.carrying import batches, register
from kefu_admin.store.carrying.rows import RowRefused
from kefu_admin.store.faults import Constraint, ConstraintBroken
from kefu_admin.store.found import found
from tests.databases import NOW, add
from tests.factories import REQUIRED, choice, content_type, field
from tests.store.test_found import OPEN

ACTOR = system_actor("tests")


def ticket(*fields, **options):
    return content_type("ticket", field("subject"), *fields, **options)


def values(store, name):
    return [value for (value,) in store.rows(f'SELECT "{name}" FROM "ticket" ORDER BY "id"')]


def other_columns(store):
    return {column for column in _columns(store) if column.startswith("kefu_")}


def _columns(store):
    return {column.name for column in found(store).tables["ticket"].columns}


SEVERAL = {"type_": "multi_choice"}
# field: (what it was, what rows hold, what it becomes, what they hold then)
PAIRS = {
    "whole": (field("whole"), ["12", " 1,000 "], field("whole", "integer"), [12, 1000]),
    "price": (field("price"), ["12.5", "３"], field("price", "money", scale=2), [1250, 300]),
    "kind": (field("kind"), ["a", None], choice("kind", "a", "b"), ["a", None]),
    "tags": (field("tags"), ["a、b", "b"], field("tags", "tags"), ["|a|b|", "|b|"]),
    "words": (field("words", "integer"), [7, None], field("words"), ["7", None]),
    "finer": (field("finer", "decimal", scale=2), [125, -5],
              field("finer", "decimal", scale=4), [12500, -500]),
    "coarser": (field("coarser", "decimal", scale=4), [12500, None],
                field("coarser", "money", scale=2), [125, None]),
    "yuan": (field("yuan", "money", scale=2), [1200, 0], field("yuan", "integer"), [12, 0]),
    "clock": (field("clock", "duration"), [90, None], field("clock", "time"), [90, None]),
    "said": (field("said", "boolean"), [1, 0], field("said"), ["是", "否"]),
    "more": (choice("more", "a", "b"), ["a", None], choice("more", "a", "b", **SEVERAL),
             ["|a|", None]),
    "fewer": (choice("fewer", "a", "b", **SEVERAL), ["|b|", None], choice("fewer", "a", "b"),
              ["b", None]),
    "short": (field("short", "long_text"), ["字", None], field("short", max_length=20),
              ["字", None]),
}  # fmt: skip


def test_values_are_carried_into_another_kind(go):
    old = go(ticket(*(before for before, *_ in PAIRS.values())))
    for row in range(2):
        add(old, "ticket", **{name: held[row] for name, (_, held, *_) in PAIRS.items()})

    store = go(ticket(*(after for *_, after, _ in PAIRS.values())))

    found = {name: values(store, name) for name in PAIRS}
    assert found == {name: expected for name, (*_, expected) in PAIRS.items()}
    assert plan(store).is_empty
    assert other_columns(store) == set()
    assert register.known(store) == ()


def test_a_day_becomes_its_midnight_and_back(go):
    old = go(ticket(field("due", "date")))
    add(old, "ticket", due="2026-05-01")

    instants = go(ticket(field("due", "datetime")))
    assert str(values(instants, "due")[0]) == _instant(instants, "2026-04-30 16:00:00")
    days = go(ticket(field("due", "date")))

    assert str(values(days, "due")[0]) == str(date(2026, 5, 1))
    add(days, "ticket", due="2026-05-02")
    instants = go(ticket(field("due", "datetime")))
    instants.execute(
        'UPDATE "ticket" SET "due" = ? WHERE "id" = 2', (_instant(instants, "2026-05-01 16:30:00"),)
    )
    refused = go.planned(ticket(field("due", "date")))
    assert lines(plan(refused), "zh")[1] == (
        "    “2026-05-02 00:30:00”：1 行，编号 2。 时刻会丢失。"
    )


def _instant(store, text):
    return f"{text}.000000" if store.dialect == "sqlite" else text


def test_a_choice_about_to_go_is_refused_with_its_rows_until_it_is_mapped(go):
    old = go(ticket(choice("state", "new", "school", "shop", required=REQUIRED), field("n")))
    for state in ("new", "school", "school", "shop"):
        add(old, "ticket", state=state)

    refused = go.planned(ticket(choice("state", "new", "company", required=REQUIRED), field("n")))
    assert lines(plan(refused), "zh")[1:4] == [
        "~ ! ticket.state: 允许的取值改变; 3 行的值不在允许范围内，不能执行",
        "    “school”：2 行，编号 2、3。 “school”不在可选范围内，请重新选择。",
        "    “shop”：1 行，编号 4。 “shop”不在可选范围内，请重新选择。",
    ]
    moved = (("school", "company"), ("shop", "company"))
    mapped = choice("state", "new", "company", required=REQUIRED, old_values=moved)
    store = go(ticket(mapped, field("n")))

    assert values(store, "state") == ["new", "company", "company", "company"]
    assert plan(store).is_empty
    for broken in ("school", None):
        with pytest.raises(ConstraintBroken):
            add(store, "ticket", state=broken)


def test_a_member_about_to_go_is_seen_although_no_check_guards_it(go):
    old = go(ticket(choice("topics", "a", "b", "c", type_="multi_choice")))
    for members in ("|a|c|", "|c|", "|a|b|"):
        add(old, "ticket", topics=members)

    refused = go.planned(ticket(choice("topics", "a", "b", type_="multi_choice")))
    assert lines(plan(refused), "zh")[1] == (
        "    “c”：2 行，编号 1、2。 “c”不在可选范围内，请重新选择。"
    )
    gone = (("c", None),)
    store = go(ticket(choice("topics", "a", "b", type_="multi_choice", old_values=gone)))

    assert values(store, "topics") == ["|a|", None, "|a|b|"]
    wider = go(ticket(choice("topics", "a", "b", "d", type_="multi_choice")))
    assert plan(wider).is_empty


def test_a_new_required_field_is_filled_with_what_the_config_says(go):
    old = go(ticket(field("old")))
    for _ in range(3):
        add(old, "ticket", old=None)

    store = go(
        ticket(
            field("old", required=REQUIRED, backfill="无"),
            field("level", "integer", required=REQUIRED, backfill=3, min=1),
            field("due", "date", required=REQUIRED, backfill=date(2026, 1, 2)),
        )
    )

    assert store.rows('SELECT DISTINCT "old", "level" FROM "ticket"') == [("无", 3)]
    assert {str(day) for day in values(store, "due")} == {"2026-01-02"}
    assert plan(store).is_empty
    with pytest.raises(ConstraintBroken) as broken:
        add(store, "ticket", old="x", due="2026-01-01")
    assert broken.value.kind is Constraint.REQUIRED


def test_a_field_becomes_encrypted_and_readable_again(go):
    old = go(ticket(field("card", max_length=40), field("n")))
    add(old, "ticket", card="6222020200011223344")
    add(old, "ticket", card=None)

    sealed = go(ticket(field("card", max_length=40, encrypted=True), field("n")))

    raw, hashed = sealed.rows('SELECT "card", "card_hash" FROM "ticket" ORDER BY "id"')[0]
    assert raw.startswith("v1.")
    assert len(hashed) == 64
    assert plan(sealed).is_empty
    plain = go(ticket(field("card", max_length=40), field("n")), consent=frozenset({"ticket.card"}))
    assert values(plain, "card") == ["6222020200011223344", None]
    assert plan(plain).is_empty


def test_indexes_and_uniqueness_follow_the_new_column(go):
    def wanted(code):
        return ticket(
            code,
            choice("state", "new", "open", "closed"),
            indexes=(("code", "state"),),
            unique=(Unique(fields=("code",), where=OPEN),),
        )

    old = go(wanted(field("code", max_length=20)))
    add(old, "ticket", code="1", state="new")
    add(old, "ticket", code="01", state="new")
    refused = go.planned(wanted(field("code", "integer")))

    with pytest.raises(NotUnique) as repeated:
        apply(refused, plan(refused), actor=ACTOR, now=NOW)

    assert repeated.value.facts == {"subject": "ticket.code", "count": 2}
    assert values(old, "code") == ["1", "01"]
    old.execute("""UPDATE "ticket" SET "code" = '2' WHERE "id" = 2""")
    told(old, 2)
    add(old, "ticket", code="3", state="closed")
    store = go(wanted(field("code", "integer")))
    assert values(store, "code") == [1, 2, 3]
    assert plan(store).is_empty
    with pytest.raises(ConstraintBroken):
        add(store, "ticket", code=1, state="open")


def test_a_type_and_field_are_renamed_and_carried_in_one_apply(go):
    old = go(ticket(field("price")))
    add(old, "ticket", price="9.50")

    price = field("amount", "money", scale=2, renamed_from="price")
    store = go(content_type("case_", field("subject"), price, renamed_from="ticket"))

    assert store.rows('SELECT "amount" FROM "case_"') == [(950,)]
    assert plan(store).is_empty


def test_what_is_written_during_the_back_fill_is_carried_too(go, monkeypatch):
    old = go(ticket(field("n")))
    for number in range(40):
        add(old, "ticket", n=str(number))
    monkeypatch.setattr(batches, "FIRST_SIZE", 7)
    run = backfill.run

    def with_a_writer_beside(*args):
        late = run(*args)
        old.execute("""UPDATE "ticket" SET "n" = '500' WHERE "id" = 3""")
        told(old, 3)
        add(old, "ticket", n="600")
        return late

    monkeypatch.setattr(backfill, "run", with_a_writer_beside)

    store = go(ticket(field("n", "integer")))

    assert values(store, "n") == [0, 1, 500, *range(3, 40), 600]


def told(store, id, version=2):
    """Leaves the history entry any change leaves."""
    add(
        store,
        "kefu_history",
        type="ticket",
        record_id=id,
        version=version,
        at="2026-11-21 00:00:00",
        actor="x",
        action="update",
        operation="x",
        definition="x",
    )


def test_a_value_that_spoils_the_back_fill_stops_it_before_the_switch(go, monkeypatch):
    old = go(ticket(field("n")))
    add(old, "ticket", n="1")
    store = go.planned(ticket(field("n", "integer")))
    wanted = plan(store)
    monkeypatch.setattr(
        batches, "portion", _spoiling(batches.portion, lambda rows: [(id, "x") for id, *_ in rows])
    )

    with pytest.raises(RowRefused) as refused:
        apply(store, wanted, actor=ACTOR, now=NOW)

    assert refused.value.facts == {"type": "ticket", "field": "n", "id": 1}
    assert values(old, "n") == ["1"]


def _spoiling(read, spoil):
    return lambda *args, **options: spoil(read(*args, **options))


class Killed(BaseException):
    """A process's end."""


def test_a_killed_back_fill_goes_on_where_it_stood(go, monkeypatch):
    old = go(ticket(field("n")))
    for number in range(60):
        add(old, "ticket", n=str(number))
    monkeypatch.setattr(batches, "FIRST_SIZE", 10)
    monkeypatch.setattr(batches, "resized", lambda size, seconds: size)
    written = batches.write
    done = []

    def dying(store, table, kinds, rows):
        if len(done) == 3:
            raise Killed
        written(store, table, kinds, rows)
        done.append(sorted(row[0] for row in rows))

    store = go.planned(ticket(field("n", "integer")))
    with monkeypatch.context() as patch:
        patch.setattr(batches, "write", dying)
        with pytest.raises(Killed):
            apply(store, plan(store), actor=ACTOR, now=NOW)
    assert [(each.last_id, each.rows) for each in register.known(old)] == [(30, 30)]
    assert values(old, "n") == [str(number) for number in range(60)]

    monkeypatch.setattr(
        batches,
        "write",
        lambda *args: (done.append(sorted(row[0] for row in args[3])), written(*args)),
    )
    after = go(ticket(field("n", "integer")))

    assert values(after, "n") == list(range(60))
    assert done[3][0] == 31  # nothing was done twice
    assert plan(after).is_empty


def test_what_an_abandoned_apply_left_is_cleared_by_the_next(go, monkeypatch):
    old = go(ticket(field("n")))
    add(old, "ticket", n="1")
    store = go.planned(ticket(field("n", "integer")))
    with monkeypatch.context() as patch:
        patch.setattr(backfill, "catch_up", _dying)
        with pytest.raises(Killed):
            apply(store, plan(store), actor=ACTOR, now=NOW)
    assert other_columns(old) == {"kefu_next_n"}

    back = go.planned(ticket(field("n")))
    assert lines(plan(back), "zh")[0] == "~   ticket.n: 清理另一次 apply 没有做完的换算"
    apply(back, plan(back), actor=ACTOR, now=NOW)

    assert plan(back).is_empty
    assert other_columns(back) == set()
    assert values(back, "n") == ["1"]


def _dying(*args):
    raise Killed


def test_a_decimal_that_would_round_is_refused_with_its_row(go):
    old = go(ticket(field("price", "decimal", scale=4, min=Decimal(0))))
    add(old, "ticket", price=12345)

    refused = go.planned(ticket(field("price", "decimal", scale=2, min=Decimal(0))))

    assert (
        lines(plan(refused), "zh")[1] == "    “1.2345”：1 行，编号 1。 最多保留 2 位小数，请改写。"
    )
