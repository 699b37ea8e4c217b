"""Files too long for one go, several sheets, what spreadsheets spoil, workers that are killed."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
import xlsxwriter

from kefu_admin.operations import bulk, imports
from kefu_admin.operations.bulk import confirming, working
from kefu_admin.operations.imports import mapping as mapping_of
from kefu_admin.operations.imports import taking
from kefu_admin.operations.job_kinds import KINDS
from kefu_admin.operations.jobs import JobKind, Step
from kefu_admin.problems import Invalid, NotFound
from kefu_admin.store.batches import State
from kefu_admin.store.verdicts import Verdict
from kefu_admin.store.verify.invariants.batches import bulk_changes
from kefu_admin.worker import jobs as worker
from tests.desks import NOW
from tests.operations.imports.conftest import HEADS, Bench, workbook, written


class Killed(Exception):
    """What a worker that is killed leaves behind is what was committed."""


@pytest.fixture
def small(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Everything in portions of two; who asks has the rights when the worker runs."""
    for module in (mapping_of, confirming):
        monkeypatch.setattr(module, "CHUNK", 2)
    monkeypatch.setattr("kefu_admin.operations.bulk.importing.AT_ONCE", 2)
    monkeypatch.setattr(working, "FIRST", 2)
    monkeypatch.setattr(working, "resized", lambda size, seconds, most: 2)
    bench.store.execute(
        """INSERT INTO "kefu_user_role" ("user_id", "role") VALUES (?, 'supervisor')""",
        (bench.furnished.people["boss"].user_id,),
    )
    return bench


def sheets(**rows: list[list[object]]) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for name, lines in rows.items():
            sheet = book.add_worksheet(name)
            for at, line in enumerate(lines):
                sheet.write_row(at, 0, line)
    return buffer.getvalue()


def test_lines_kept_in_many_portions_come_back_in_order(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "_KEPT_AT_ONCE", 500)
    batch = bench.take(written(("名称", "类型"), *((f"客户{n}", "单位") for n in range(1_300))))

    staged = bench.staged(batch)
    assert (staged.lines, staged.samples[0]) == (1_300, ("客户0", "客户1", "客户2"))
    kept = [
        one
        for after in (0, 400, 900)
        for one in taking.lines.after(bench.store, batch, 0, after, limit=400)
    ]
    assert [n for n, _ in kept] == [*range(1, 801), *range(901, 1_301)]
    assert kept[-1] == (1_300, ("客户1298", "单位"))


def test_a_killed_worker_leaves_each_line_done_exactly_once(
    small: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = small.planned(HEADS, *((f"客户{n}", "单位", "", "", "总部") for n in range(9)))
    chunks = 0

    def dying(kind: JobKind) -> JobKind:
        def chunk(step: Step) -> None:
            nonlocal chunks
            chunks += 1
            if chunks % 3 == 0:
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(step, "advance", _killed)
                    patch.setattr(step, "finish", _killed)
                    kind.chunk(step)
            kind.chunk(step)

        return JobKind(name=kind.name, version=kind.version, label=kind.label, chunk=chunk)

    kinds = {name: dying(kind) for name, kind in KINDS.items() if name.startswith("bulk.")}

    def until(state: State) -> None:
        for _ in range(30):
            worker.run_due(small.desk, kinds=kinds)
            if small.shown(batch).batch.state is state:
                return
            with small.store.transaction():
                small.store.execute('UPDATE "kefu_job" SET "due_ms" = 1 WHERE "due_ms" IS NOT NULL')

    until(State.PLANNED)
    assert small.shown(batch).new_and_changed == (9, 0)
    small.run(batch)
    until(State.DONE)

    assert chunks > 9
    assert small.shown(batch).counts == {Verdict.DONE: 9}
    assert [name for (name,) in small.customers("name")] == [f"客户{n}" for n in range(9)]
    assert list(bulk_changes(small.store, NOW)) == []


def _killed(*_: object, **__: object) -> None:
    raise Killed


def test_a_file_that_is_cut_off_while_it_is_read_cannot_be_mapped(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object, **__: object) -> None:
        raise Killed

    monkeypatch.setattr(taking, "_close", cut)

    with pytest.raises(Killed):
        bench.take(written(HEADS, ("甲公司", "单位", "", "", "")))

    ((batch,),) = bench.store.rows('SELECT "id" FROM "kefu_batch"')
    with pytest.raises(NotFound):
        bench.staged(int(batch))


def test_a_file_refused_at_its_end_leaves_nothing(bench: Bench) -> None:
    with pytest.raises(Invalid):
        bench.take('名称,类型\n甲公司,单位\n"乙'.encode())

    assert [bench.furnished.count(t) for t in ("kefu_batch", "kefu_import_row")] == [0, 0]


def test_two_import_the_same_file_and_the_second_is_told_what_repeats(bench: Bench) -> None:
    data = written(HEADS, ("乙", "个人", "13800001111", "", ""), ("甲公司", "单位", "", "", ""))
    first, second = (bench.take(data) for _ in range(2))
    bench.choose(first)
    bench.choose(second)

    assert bench.run(first) == {Verdict.DONE: 2}
    assert bench.run(second) == {Verdict.DONE: 1, Verdict.REFUSED: 1}
    assert len(bench.customers("id")) == 3


def test_the_sheet_whose_heads_fit_is_meant_and_another_can_be_chosen(bench: Bench) -> None:
    batch = bench.take(
        sheets(
            说明=[["请填第二张表"], ["不要改动列名"]],
            名单=[["客户登记表"], [], ["名称", "类型"], ["甲公司", "单位"]],
            旧名单=[["名称", "类型"], ["乙公司", "单位"]],
        )
    )
    boss, now = bench.furnished.people["boss"], NOW

    seen = bench.staged(batch)
    assert (seen.sheet.sheets[seen.sheet.number][0], seen.sheet.heads) == ("名单", ("名称", "类型"))
    assert seen.lines == 1
    assert [line for line, _ in seen.tops] == [1, 3, 4]
    with pytest.raises(NotFound):
        mapping_of.staged(bench.desk, batch, number=3, actor=boss, now=now)
    with pytest.raises(NotFound):
        mapping_of.staged(bench.desk, batch, heads_line=2, actor=boss, now=now)

    mapping_of.choose(bench.desk, batch, {0: "name"}, "", number=2, actor=boss, now=now)
    bench.run(batch)

    assert bench.errors(batch) == {2: [("phone", "required")]}


def test_the_row_of_heads_can_be_chosen(bench: Bench) -> None:
    batch = bench.take(written(("名称", "类型"), ("甲公司", "单位"), ("乙公司", "单位")))
    boss = bench.furnished.people["boss"]

    columns = {0: "name", 1: "kind"}
    mapping_of.choose(bench.desk, batch, columns, "", heads_line=2, actor=boss, now=NOW)

    assert bench.run(batch) == {Verdict.DONE: 1}
    assert bench.customers("name") == [("乙公司",)]


def test_heads_lie_sealed(bench: Bench) -> None:
    bench.take(written(("张三", "13800001111"), ("李四", "13800002222")))

    assert "张三" not in str(bench.store.rows('SELECT * FROM "kefu_import"'))


@pytest.mark.parametrize(
    ("head", "cell", "code"),
    [
        ("电话", "1.38E+10", "import_power"),
        ("名称", "1.38E+10", "import_power"),
        ("建档日期", "45292", "import_serial"),
        ("名称", "#N/A", "import_error_cell"),
        ("电话", "#REF!", "import_error_cell"),
    ],
)
def test_what_a_spreadsheet_spoilt_is_refused_with_its_reason(
    bench: Bench, head: str, cell: str, code: str
) -> None:
    batch = bench.planned((head,), (cell,))

    assert code in [found for _, found in bench.errors(batch)[2]]
    assert cell not in str(bench.store.rows('SELECT "reason" FROM "kefu_batch_row"'))


def test_rows_blank_in_all_chosen_columns_are_left_out(bench: Bench) -> None:
    batch = bench.planned(("序号", *HEADS), (1, "甲公司", "单位", "", "", ""), (2, *[""] * 5))

    assert bench.shown(batch).batch.total == 1
    assert bench.run(batch) == {Verdict.DONE: 1}


def test_an_error_cell_of_a_workbook_is_told(bench: Bench) -> None:
    buffer = BytesIO(workbook(["名称", "类型"]))
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["名称", "类型"])
        sheet.write_formula(1, 0, "=NA()", None, "#N/A")
        sheet.write(1, 1, "单位")
    batch = bench.take(buffer.getvalue())
    bench.choose(batch)

    assert bench.errors(batch) == {2: [("name", "import_error_cell")]}


def test_people_are_found_by_name_or_login(bench: Bench) -> None:
    people = bench.furnished.people
    name = bench.store.value(
        'SELECT "name" FROM "kefu_user" WHERE "id" = ?', (people["wang"].user_id,)
    )
    batch = bench.planned(
        HEADS, ("甲公司", "单位", "", name, "一部"), ("乙公司", "单位", "", "WANG", "一部")
    )

    assert bench.errors(batch) == {}


def test_the_preview_says_what_each_line_writes(bench: Bench) -> None:
    bench.run(bench.planned(HEADS, ("甲公司", "单位", "", "", "一部"), ("乙公司", *[""] * 4)))
    ((code,),) = bench.store.rows("""SELECT "code" FROM "customer" WHERE "name" = '甲公司'""")
    batch = bench.planned(
        ("客户编号", "名称", "类型", "部门", "等级"),
        (code, "甲公司", "单位", "一部", "A类"),
        ("", "丙公司", "单位", "", ""),
        key_field="code",
    )
    actor = bench.furnished.people["boss"]

    listed = bulk.rows(bench.desk, batch, actor=actor, now=NOW)

    assert [dict(one.texts) for one in listed] == [
        {"level": "A类"},
        {"name": "丙公司", "kind": "单位"},
    ]
    assert [one.row.values["level"] if one.row else "-" for one in listed] == [None, "-"]
    bench.run(batch)
    assert [one.texts for one in bulk.rows(bench.desk, batch, actor=actor, now=NOW)] == [{}, {}]


def test_the_template_explains_its_columns(bench: Bench) -> None:
    boss = bench.furnished.people["boss"]
    made = imports.template(bench.desk, "customer", actor=boss, now=NOW, locale="zh")

    with ZipFile(BytesIO(made)) as book:
        notes = book.read("xl/comments1.xml").decode()
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "必填" in notes
    assert "例：13800001111" in notes
    assert "可填：个人、单位" in notes
    assert "dataValidation" in sheet
