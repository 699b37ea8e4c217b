"""Plan and apply on tables with rows, on three databases."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kefu_admin.actor import system_actor
from kefu_admin.definitions.content_type import Unique
from kefu_admin.store.apply import (
    ApplyRefused,
    PlanOutdated,
    UnknownConsent,
    apply,
    definition,
    lines,
    plan,
)
from kefu_admin.store.database import Store
from kefu_admin.store.faults import Constraint, ConstraintBroken
from tests.databases import NOW, add
from tests.factories import REQUIRED, choice, content_type, field
from tests.store.test_found import EVERY_FIELD, OPEN

ACTOR = system_actor("tests")


def said(store: Store) -> list[str]:
    return lines(plan(store), "zh")


def test_after_apply_there_is_nothing_to_do(open_bare):
    store = open_bare(EVERY_FIELD)

    apply(store, plan(store), actor=ACTOR, now=NOW)

    assert plan(store).is_empty
    assert said(store) == ["数据库与配置一致，没有要做的事。"]


def test_applied_definitions_are_kept(go):
    first = go(content_type("ticket", field("subject")))
    second = go(content_type("ticket", field("subject"), field("fax")))

    old = definition(second, first.project.fingerprint)

    assert old == first.project.texts
    told = second.rows('SELECT "fingerprint", "activated_by" FROM "kefu_definition" ORDER BY "id"')
    assert told[-2:] == [(each.project.fingerprint, "system:tests") for each in (first, second)]


def test_a_new_field_is_added_and_rows_stay(go):
    add(go(content_type("ticket", field("subject"))), "ticket", subject="一")

    store = go(content_type("ticket", field("subject"), field("fax", max_length=20)))

    assert store.rows('SELECT "subject", "fax" FROM "ticket"') == [("一", None)]
    assert plan(store).is_empty


def test_a_type_and_a_field_are_renamed_with_their_rows(go):
    old = go(
        content_type("agent", field("name")),
        content_type(
            "ticket",
            choice("state", "new", "done", unique=True),
            field("owner", "reference", to="agent"),
            field("helpers", "references", to="agent"),
        ),
    )
    agent = add(old, "agent", name="王")
    ticket = add(old, "ticket", state="new", owner=agent)
    add(old, "ticket__helpers", record_id=ticket, target_id=agent, position=0)

    store = go(
        content_type("person_", field("full_name", renamed_from="name"), renamed_from="agent"),
        content_type(
            "case_",
            choice("status", "new", "done", unique=True, renamed_from="state"),
            field("owner", "reference", to="person_"),
            field("helpers", "references", to="person_"),
            renamed_from="ticket",
        ),
    )

    assert store.rows('SELECT "id", "full_name" FROM "person_"') == [(agent, "王")]
    assert store.rows('SELECT "id", "status", "owner" FROM "case_"') == [(ticket, "new", agent)]
    assert store.rows('SELECT "record_id", "target_id" FROM "case___helpers"') == [(ticket, agent)]
    assert plan(store).is_empty
    for broken in ({"status": "lost"}, {"status": "new"}, {"owner": 99}):
        with pytest.raises(ConstraintBroken):
            add(store, "case_", **broken)


def test_a_removed_field_stays_without_consent_and_stops_no_insert(go):
    fax = field("fax", required=REQUIRED, unique=True)
    add(go(content_type("ticket", field("subject"), fax)), "ticket", subject="一", fax="1")

    store = go(content_type("ticket", field("subject")))
    add(store, "ticket", subject="二")

    assert store.rows('SELECT "fax" FROM "ticket" ORDER BY "id"') == [("1",), (None,)]
    assert said(store) == [
        "- ‼ ticket.fax: 删除列; 1 行有值，会丢失",
        "以下内容会丢失，要删除请逐一写明同意：--consent ticket.fax；不写明的将原样保留。",
    ]


def test_a_removed_field_and_type_go_with_consent(go):
    old = go(
        content_type("agent", field("name")),
        content_type(
            "ticket", field("subject"), field("owner", "reference", to="agent"), field("fax")
        ),
    )
    add(old, "ticket", subject="一", owner=add(old, "agent", name="王"))

    store = go(
        content_type("ticket", field("subject")),
        consent=frozenset({"agent", "ticket.owner", "ticket.fax"}),
    )

    assert plan(store).is_empty
    assert store.rows('SELECT "subject" FROM "ticket"') == [("一",)]
    assert "agent" not in store.database.get_tables()


def test_consent_to_what_is_not_destroyed_is_refused(go):
    with pytest.raises(UnknownConsent) as refused:
        go(content_type("ticket", field("subject")), consent=frozenset({"ticket.fax"}))

    assert refused.value.facts == {"names": "ticket.fax"}


def test_a_required_field_needs_a_default_where_rows_are(go):
    old = content_type("ticket", field("subject"), field("source"))
    add(go(old), "ticket", subject="一")
    bare = (field("urgency", required=REQUIRED), field("source", required=REQUIRED))

    store = go.planned(content_type("ticket", field("subject"), *bare))

    assert said(store)[:2] == [
        "+ ! ticket.urgency: 新增列（文本 255 必填）; 1 行没有值，又没有默认值，不能执行",
        "~ ! ticket.source: 由 文本 255 改为 文本 255 必填; 1 行没有值，又没有默认值，不能执行",
    ]
    assert said(store)[2] == "    1 行，编号 1。"
    with pytest.raises(ApplyRefused):
        apply(store, plan(store), actor=ACTOR, now=NOW)
    assert not plan(go.planned(old)).steps


def test_a_default_fills_the_rows_that_are_there(go):
    add(go(content_type("ticket", field("subject"), field("source"))), "ticket", subject="一")

    store = go(
        content_type(
            "ticket",
            field("subject"),
            field("source", required=REQUIRED, default="电话"),
            choice("state", "new", "done", required=REQUIRED, default="new"),
        )
    )

    assert store.rows('SELECT "source", "state" FROM "ticket"') == [("电话", "new")]
    assert plan(store).is_empty


def test_a_text_is_widened_and_only_narrowed_where_it_fits(go):
    add(
        go(content_type("ticket", field("subject", max_length=10))),
        "ticket",
        subject="一二三四五六",
    )

    wider = go(content_type("ticket", field("subject", max_length=200)))
    add(wider, "ticket", subject="字" * 150)
    narrow = go.planned(content_type("ticket", field("subject", max_length=5)))

    assert said(narrow)[0] == (
        "~ ! ticket.subject: 由 文本 200 改为 文本 5; 2 行超过新长度，不能执行"
    )
    longer = go(content_type("ticket", field("subject", "long_text")))
    assert plan(longer).is_empty
    assert longer.rows('SELECT "subject" FROM "ticket"')[0] == ("一二三四五六",)


def test_a_choice_is_added_and_only_removed_when_unused(go):
    add(go(content_type("ticket", choice("state", "new", "done"))), "ticket", state="done")

    wider = go(content_type("ticket", choice("state", "new", "done", "late")))
    add(wider, "ticket", state="late")
    fewer = go.planned(content_type("ticket", choice("state", "new", "late")))

    assert said(fewer)[1] == ("~ ! ticket.state: 允许的取值改变; 1 行的值不在允许范围内，不能执行")


def test_a_range_is_checked_against_the_rows(go):
    old = go(content_type("ticket", field("points", "integer", min=0, max=10)))
    add(old, "ticket", points=7)

    store = go.planned(content_type("ticket", field("points", "integer", max=5)))

    assert plan(store).refused[0].at_stake == (("not_allowed", 1),)
    raised = go(content_type("ticket", field("points", "integer", max=9)))
    assert plan(raised).is_empty


def test_a_unique_field_with_repeated_values_is_refused_with_their_number(go):
    old = go(content_type("ticket", field("code"), field("name")))
    for code in ("a", "a", "b", None, None):
        add(old, "ticket", code=code, name="x")

    store = go.planned(content_type("ticket", field("code", unique=True), field("name")))

    assert said(store)[0] == "+ ! ticket.code: 新增唯一约束; 2 行的值重复，不能执行"
    together = go(content_type("ticket", field("code"), field("name")))
    together.execute("""UPDATE "ticket" SET "code" = 'c' WHERE "id" = 1""")
    unique = go(content_type("ticket", field("code", unique=True), field("name")))
    with pytest.raises(ConstraintBroken) as broken:
        add(unique, "ticket", code="b")
    assert broken.value.kind is Constraint.UNIQUE


def test_unique_per_state_lets_closed_ones_repeat(go):
    store = go(
        content_type(
            "ticket",
            choice("state", "new", "open", "closed"),
            field("phone"),
            unique=(Unique(fields=("phone",), where=OPEN),),
        )
    )
    add(store, "ticket", state="closed", phone="1")
    add(store, "ticket", state="closed", phone="1")
    add(store, "ticket", state="new", phone="1")

    with pytest.raises(ConstraintBroken) as broken:
        add(store, "ticket", state="open", phone="1")

    assert broken.value.kind is Constraint.UNIQUE


def test_more_decimal_places_keep_the_amounts(go):
    old = go(content_type("ticket", field("price", "decimal", scale=2, min=Decimal("0.01"))))
    add(old, "ticket", price=1250)

    finer = go(content_type("ticket", field("price", "decimal", scale=4, min=Decimal("0.01"))))
    coarser = go.planned(content_type("ticket", field("price", "integer")))

    assert finer.value('SELECT "price" FROM "ticket"') == 125000
    assert plan(finer).is_empty
    assert plan(coarser).refused[0].at_stake == (("would_round", 1),)


def test_a_value_that_reads_as_none_of_the_new_kind_is_refused_with_its_row(go):
    old = go(content_type("ticket", field("due")))
    ticket = add(old, "ticket", due="tomorrow")

    refused = go.planned(content_type("ticket", field("due", "date")))

    assert said(refused)[:2] == [
        "~ ! ticket.due: 由 文本 255 换成 日期;"
        " 1 行的值换不成另一种，请先改好或写明 old_values，不能执行",
        f"    “tomorrow”：1 行，编号 {ticket}。 请填写日期，例如 2024-05-01。",
    ]
    old.execute('UPDATE "ticket" SET "due" = NULL WHERE "id" = ?', (ticket,))
    assert plan(go(content_type("ticket", field("due", "date")))).is_empty


def test_a_plan_made_before_another_apply_is_outdated(go):
    store = go.planned(content_type("ticket", field("subject")))
    old = plan(store)
    go(content_type("ticket", field("subject")))

    with pytest.raises(PlanOutdated):
        apply(store, old, actor=ACTOR, now=NOW)


def test_books_refuse_update_and_delete(go):
    store = go(content_type("ticket", field("subject")))

    for statement in (
        """UPDATE "kefu_definition" SET "text" = 'x'""",
        'DELETE FROM "kefu_definition"',
    ):
        with pytest.raises(ConstraintBroken) as broken:
            store.execute(statement)
        assert broken.value.kind is Constraint.APPEND_ONLY


def test_what_an_administrator_added_is_left_alone(go):
    store = go(content_type("ticket", field("subject")))
    store.execute('CREATE TABLE "their_notes" ("note" VARCHAR(10))')
    store.execute('CREATE INDEX "their_index" ON "ticket" ("subject")')
    store.execute('ALTER TABLE "ticket" ADD COLUMN "theirs" BIGINT')

    again = go(content_type("ticket", field("subject"), field("fax")))

    assert plan(again).is_empty
    assert "their_notes" in again.database.get_tables()
