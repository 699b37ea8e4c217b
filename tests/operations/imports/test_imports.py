"""From a file to records: each line with its verdict, one audit line, and back again."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from kefu_admin.operations import bulk, imports
from kefu_admin.operations.bulk import confirming
from kefu_admin.operations.imports import mapping as mapping_of
from kefu_admin.operations.job_kinds import KINDS
from kefu_admin.operations.schedules.cleaning import clean_up
from kefu_admin.problems import Invalid, NotFound
from kefu_admin.store import batches
from kefu_admin.store.batches import State
from kefu_admin.store.idempotency import idempotency_key
from kefu_admin.store.verdicts import Verdict
from kefu_admin.store.verify.invariants.batches import bulk_changes
from kefu_admin.worker import jobs as worker
from tests.desks import NOW
from tests.operations.imports.conftest import HEADS, Bench, workbook, written


def test_lines_become_records_once(bench: Bench) -> None:
    batch = bench.planned(
        HEADS,
        ("甲公司", "单位", "", "wang", "一部"),
        ("乙", "个人", "13800001111", "", ""),
    )

    shown = bench.shown(batch)
    assert shown.batch.state is State.PLANNED
    assert shown.new_and_changed == (2, 0)
    assert bench.customers("id") == []

    assert bench.run(batch) == {Verdict.DONE: 2}
    assert bench.run(batch) == {Verdict.DONE: 2}

    people = bench.furnished.people
    assert bench.customers("name", "kind", "phone", "owner", "department", "version") == [
        ("甲公司", "company", None, people["wang"].user_id, bench.furnished.first, 1),
        ("乙", "person", "13800001111", people["boss"].user_id, bench.furnished.head, 1),
    ]
    assert list(bulk_changes(bench.store, NOW)) == []


def test_one_audit_line_tells_of_the_file_and_none_of_its_records(bench: Bench) -> None:
    batch = bench.planned(HEADS, ("甲公司", "单位", "", "", ""), ("乙公司", "单位", "", "", ""))
    bench.run(batch)

    lines = bench.store.rows('SELECT "action", "changes" FROM "kefu_audit" ORDER BY "id"')

    told = [json.loads(changes) for action, changes in lines if action == "import"]
    assert len(told) == 1
    assert told[0]["new"] == [None, 2]
    assert told[0]["sha256"][1] == batches.lines.sheet(bench.store, batch).sha256  # type: ignore[union-attr]  # there is one
    assert "甲公司" not in str(lines)
    assert [action for action, _ in lines if action == "create"] == []


def test_every_fault_is_told_with_its_line_and_field(bench: Bench) -> None:
    batch = bench.planned(
        (*HEADS, "等级", "建档日期"),
        ("甲公司", "单位", "", "nobody", "五部", "Z", "昨天"),
        ("", "个人", "", "", "", "", ""),
        ("丙公司", "单位", "", "", "", "A类", "2026/1/2"),
    )

    assert bench.errors(batch) == {
        2: [
            ("owner", "import_no_such"),
            ("department", "import_no_such"),
            ("level", "not_a_choice"),
            ("since", "not_a_date"),
        ],
        3: [("name", "required"), ("phone", "required")],
    }
    assert bench.run(batch)[Verdict.DONE] == 1
    assert bench.customers("name", "level", "since") == [
        ("丙公司", "a", bench.customers("since")[0][0])
    ]


def test_faults_in_cells_do_not_hide_those_of_other_fields(bench: Bench) -> None:
    batch = bench.planned((*HEADS, "等级"), ("", "单位", "", "", "", "Z"))

    assert bench.errors(batch) == {2: [("level", "not_a_choice"), ("name", "required")]}


def test_known_numbers_change_their_record_and_others_are_refused(bench: Bench) -> None:
    bench.run(bench.planned(HEADS, ("甲公司", "单位", "", "", ""), ("乙公司", "单位", "", "", "")))
    (first,), (second,) = bench.customers("code")

    batch = bench.planned(
        ("客户编号", "名称", "类型", "等级"),
        (first, "甲一公司", "单位", "A类"),
        ("", "丙公司", "单位", ""),
        ("KH-9", "丁公司", "单位", ""),
        (first, "戊公司", "单位", ""),
        (second, "乙公司", "单位", ""),
        key_field="code",
    )

    assert bench.shown(batch).new_and_changed == (1, 1)
    assert bench.errors(batch) == {
        4: [("code", "import_no_such")],
        5: [("code", "import_repeated")],
    }
    assert bench.run(batch) == {Verdict.DONE: 2, Verdict.REFUSED: 2, Verdict.SAME: 1}
    assert bench.customers("name", "level", "version") == [
        ("甲一公司", "a", 2),
        ("乙公司", None, 1),
        ("丙公司", None, 1),
    ]
    assert list(bulk_changes(bench.store, NOW)) == []


def test_a_record_changed_since_the_preview_is_left_alone(bench: Bench) -> None:
    bench.run(bench.planned(HEADS, ("甲公司", "单位", "", "", "")))
    ((id, code),) = bench.customers("id", "code")
    batch = bench.planned(("客户编号", "等级"), (code, "A类"), key_field="code")

    bench.furnished.update("boss", "customer", id, 1, level="b")

    assert bench.run(batch) == {Verdict.CHANGED: 1}
    assert bench.customers("level") == [("b",)]


def test_an_import_is_taken_back(bench: Bench) -> None:
    bench.run(bench.planned(HEADS, ("甲公司", "单位", "", "", "")))
    ((code,),) = bench.customers("code")
    batch = bench.planned(
        ("客户编号", "名称", "类型"),
        (code, "甲一公司", "单位"),
        ("", "丙公司", "单位"),
        key_field="code",
    )
    bench.run(batch)
    assert bench.shown(batch).may_undo

    boss = bench.furnished.people["boss"]
    undo = bulk.preview_undo(bench.desk, batch, actor=boss, now=NOW)

    assert bench.run(undo) == {Verdict.DONE: 2}
    assert bench.customers("name") == [("甲公司",)]
    assert not bench.shown(batch).may_undo
    assert list(bulk_changes(bench.store, NOW)) == []


def test_what_repeats_in_the_file_is_refused_when_it_is_looked_at(bench: Bench) -> None:
    batch = bench.planned(
        HEADS, ("乙", "个人", "13800001111", "", ""), ("乙", "个人", "13800001111", "", "")
    )

    assert list(bench.errors(batch)) == [3]
    assert bench.run(batch)[Verdict.DONE] == 1


def test_what_was_taken_since_the_preview_stops_no_other_line(bench: Bench) -> None:
    batch = bench.planned(
        HEADS,
        ("甲", "个人", "13800001111", "", ""),
        ("乙", "个人", "13800002222", "", ""),
        ("丙", "个人", "13800003333", "", ""),
    )
    bench.furnished.create("boss", "customer", name="乙", kind="person", phone="13800002222")

    assert bench.run(batch) == {Verdict.DONE: 2, Verdict.REFUSED: 1}
    assert [name for (name,) in bench.customers("name")] == ["乙", "甲", "丙"]
    assert list(bulk_changes(bench.store, NOW)) == []


def test_nobody_imports_without_the_right_or_sees_anothers_file(bench: Bench) -> None:
    with pytest.raises(NotFound):
        bench.take(written(HEADS, ("甲", "", "", "", "")), who="wang")
    batch = bench.take(written(HEADS, ("甲", "", "", "", "")))
    with pytest.raises(NotFound):
        bench.staged(batch, who="wang")
    with pytest.raises(NotFound):
        bench.choose(batch, {0: "name"}, who="li")
    actor = bench.furnished.people["li"]
    with pytest.raises(NotFound):
        imports.faults(bench.desk, batch, actor=actor, now=NOW, locale="zh")
    with pytest.raises(NotFound):
        imports.template(bench.desk, "customer", actor=actor, now=NOW, locale="zh")


@pytest.mark.parametrize(
    ("mapping", "key_field", "code"),
    [
        ({}, "", "import_nothing_mapped"),
        ({0: "name", 1: "name"}, "", "import_mapped_twice"),
        ({0: "visit_count"}, "", "import_not_taken"),
        ({9: "name"}, "", "import_not_taken"),
        ({0: "name"}, "code", "import_key_unmapped"),
        ({0: "name"}, "name", "import_key_unmapped"),
        ({0: "code"}, "", "import_number_given"),
    ],
)
def test_a_mapping_is_checked(
    bench: Bench, mapping: dict[int, str], key_field: str, code: str
) -> None:
    batch = bench.take(written(HEADS, ("甲", "", "", "", "")))

    with pytest.raises(Invalid) as refused:
        bench.choose(batch, mapping, key_field)

    assert code in [error.code for error in refused.value.errors]
    assert bench.shown(batch).batch.state is State.FREEZING


def test_the_same_upload_is_taken_once(bench: Bench) -> None:
    key = idempotency_key("k" * 20, ["customer"])
    data = written(HEADS, ("甲", "", "", "", ""))

    assert bench.take(data, key=key) == bench.take(data, key=key)


def test_a_workbook_with_a_title_and_the_template_fit(bench: Bench) -> None:
    boss = bench.furnished.people["boss"]
    made = imports.template(bench.desk, "customer", actor=boss, now=NOW, locale="zh")
    heads = CalamineWorkbook.from_filelike(BytesIO(made)).get_sheet_by_index(0).to_python()[0]
    assert "名称*" in heads
    assert "客户编号" not in heads
    assert "联系人" not in heads

    batch = bench.take(workbook(["客户登记表"], HEADS, ["甲公司", "单位", "", "", "一部"]))
    bench.choose(batch)

    assert bench.run(batch) == {Verdict.DONE: 1}
    assert bench.customers("department") == [(bench.furnished.first,)]


def test_the_workbook_of_faults_holds_the_refused_lines_with_reasons(bench: Bench) -> None:
    batch = bench.planned(HEADS, ("甲公司", "单位", "", "", ""), ("=1+1", "个人", "12", "", ""))
    boss = bench.furnished.people["boss"]

    made = imports.faults(bench.desk, batch, actor=boss, now=NOW, locale="zh")

    rows = CalamineWorkbook.from_filelike(BytesIO(made)).get_sheet_by_index(0).to_python()
    assert rows[0] == [*HEADS, "错误（原行号）"]
    assert [row[:3] for row in rows[1:]] == [["'=1+1", "个人", "12"]]
    assert str(rows[1][5]).startswith("3: 电话")


def test_a_number_the_spreadsheet_rounded_is_refused(bench: Bench) -> None:
    batch = bench.take(workbook(["名称", "类型"], [12345678901234567890, "单位"]))
    bench.choose(batch)

    assert bench.errors(batch) == {2: [("name", "import_rounded")]}


def test_what_an_export_led_by_an_apostrophe_comes_back_as_it_was(bench: Bench) -> None:
    bench.run(bench.planned(HEADS, ("'=1+1", "单位", "", "", ""), ("'99", "单位", "", "", "")))

    assert bench.customers("name") == [("=1+1",), ("'99",)]


def test_cells_lie_sealed_and_go_a_day_after_the_end(bench: Bench) -> None:
    batch = bench.planned(HEADS, ("甲公司", "单位", "", "", ""))
    sealed = bench.store.rows('SELECT "cells" FROM "kefu_import_row"')
    assert "甲公司" not in str(sealed)
    bench.run(batch)

    clean_up(bench.desk, now=NOW + timedelta(hours=25))

    assert bench.furnished.count("kefu_import_row") == 0
    assert bench.shown(batch).counts == {Verdict.DONE: 1}


def test_a_file_nobody_confirmed_goes_whole(bench: Bench) -> None:
    bench.planned(HEADS, ("甲公司", "单位", "", "", ""))
    bench.take(written(HEADS, ("乙公司", "单位", "", "", "")))

    clean_up(bench.desk, now=NOW + timedelta(hours=25))

    for table in ("kefu_batch", "kefu_batch_row", "kefu_import", "kefu_import_row"):
        assert bench.furnished.count(table) == 0


def test_a_long_file_is_looked_at_and_done_by_the_worker(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapping_of, "CHUNK", 2)
    monkeypatch.setattr(confirming, "CHUNK", 2)
    monkeypatch.setattr("kefu_admin.operations.bulk.importing.AT_ONCE", 2)
    bench.store.execute(
        """INSERT INTO "kefu_user_role" ("user_id", "role") VALUES (?, 'supervisor')""",
        (bench.furnished.people["boss"].user_id,),
    )
    batch = bench.planned(HEADS, *((f"客户{n}", "单位", "", "", "总部") for n in range(5)))
    assert bench.shown(batch).batch.state is State.PLANNING

    worker.run_due(bench.desk, kinds=dict(KINDS))
    assert bench.shown(batch).new_and_changed == (5, 0)
    bench.run(batch)
    worker.run_due(bench.desk, kinds=dict(KINDS))

    assert bench.shown(batch).counts == {Verdict.DONE: 5}
    assert [name for (name,) in bench.customers("name")] == [f"客户{n}" for n in range(5)]
    assert list(bulk_changes(bench.store, NOW)) == []


def test_references_are_named_by_title_or_number(bench: Bench) -> None:
    one = bench.furnished.create("boss", "customer", name="甲公司")
    for _ in range(2):
        bench.furnished.create("boss", "customer", name="同名公司", phone=f"1380000111{_}")
    ((code,),) = bench.store.rows('SELECT "code" FROM "customer" WHERE "id" = ?', (one,))
    customer = bench.desk.project.types["visit"].fields["customer"].label.zh

    batch = bench.planned(
        (customer,), ("甲公司",), (code,), ("同名公司",), ("没有公司",), type_id="visit"
    )

    errors = bench.errors(batch)
    assert ("customer", "import_several_such") in errors[4]
    assert ("customer", "import_no_such") in errors[5]
    assert not any("customer" in dict(errors.get(n, [])) for n in (2, 3))


def test_one_of_many_namesakes_never_seems_to_be_the_only_one(bench: Bench) -> None:
    boss = "boss"
    namesakes = [{"name": "同名公司", "kind": "company", "phone": f"138{n:08}"} for n in range(250)]
    bench.furnished.change(boss, lambda change: change.create_many("customer", namesakes))
    bench.furnished.create(boss, "customer", name="甲公司")
    label = bench.desk.project.types["visit"].fields["customer"].label.zh

    batch = bench.planned((label,), ("同名公司",), ("甲公司",), type_id="visit")

    errors = bench.errors(batch)
    assert ("customer", "import_several_such") in errors[2]
    assert ("customer", "import_several_such") not in errors.get(3, [])
    assert ("customer", "import_no_such") not in errors.get(3, [])


def test_the_audit_line_does_not_name_the_file(bench: Bench) -> None:
    batch = bench.take(written(HEADS, ("甲公司", "单位", "", "", "")), name="张三的客户.csv")
    bench.choose(batch)
    bench.run(batch)

    assert "张三" not in str(bench.store.rows('SELECT "changes" FROM "kefu_audit"'))


def test_lines_for_which_no_number_is_left_say_so(bench: Bench) -> None:
    bench.furnished.create("boss", "customer", name="甲公司")
    bench.store.execute('UPDATE "kefu_counter" SET "value" = 9998')
    batch = bench.planned(HEADS, *((f"客户{n}", "单位", "", "", "") for n in range(3)))

    assert bench.run(batch) == {Verdict.DONE: 1, Verdict.REFUSED: 2}
    assert set(map(tuple, bench.errors(batch).values())) == {(("", "numbers_exhausted"),)}
