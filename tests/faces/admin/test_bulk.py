"""Bulk changes in the panel: ticked rows or the whole list, preview, run, result, undo."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.faces.desk import Client, Served

KEY = "0123456789abcdef0123"


@pytest.fixture
def many(served: Served) -> list[int]:
    """Three customers of the first department."""
    boss = served.as_("supervisor")
    ids = []
    for number in range(3):
        values = {"name": f"=1+{number}", "kind": "company", "level": "a"}
        values["department"] = served.departments["一部"]
        ids.append(int(boss.post("/api/v1/customer", json=values).json["data"]["id"]))
    return ids


@pytest.fixture
def boss(served: Served) -> Client:
    return served.browser("supervisor")


def send(client: Client, path: str, **form: object) -> tuple[int, str, str]:
    answer = client.post(path, data={"_csrf": client.csrf, **form})
    return answer.status_code, answer.headers.get("Location", ""), answer.get_data(as_text=True)


def previewed(boss: Client, **more: object) -> str:
    form = {"action": "classify", "key": KEY, "f.level": "b", "reason": "整理", **more}
    status, location, text = send(boss, "/batches/of/customer/preview", **form)
    assert status == 303, text
    return location


def run(boss: Client, batch: str) -> tuple[int, str, str]:
    page = boss.get(batch).get_data(as_text=True)
    [form] = re.findall(rf'(?s)action="{batch}/run".*?</form>', page)
    sent = dict(re.findall(r'name="(key|selection)" value="([\w-]+)"', form))
    return send(boss, f"{batch}/run", **sent)


def test_a_list_offers_its_actions_to_one_who_may_use_them(
    served: Served, boss: Client, many: list[int]
) -> None:
    page = boss.get("/records/customer/").get_data(as_text=True)
    other = served.browser("clerk").get("/records/customer/").get_data(as_text=True)

    assert 'value="classify"' in page
    assert page.count("data-tick ") == 3
    assert "classify" not in other
    assert "data-tick " not in other


def test_the_form_asks_what_the_action_asks(boss: Client, many: list[int]) -> None:
    status, _, page = send(boss, "/batches/of/customer", action="classify", id=many[:2])

    assert status == 200
    assert "已选 2 条" in page
    assert 'name="f.level"' in page
    assert f'value="{many[0]},{many[1]}"' in page


def test_ticked_rows_are_previewed_run_and_undone(boss: Client, many: list[int]) -> None:
    batch = previewed(boss, id=f"{many[0]},{many[1]}")
    assert "执行：2 条" in boss.get(batch).get_data(as_text=True)

    assert run(boss, batch)[:2] == (303, batch)

    page = boss.get(batch).get_data(as_text=True)
    assert "已完成" in page
    assert "下载结果" in page
    levels = [_level(boss, id) for id in many]
    assert levels == ["b", "b", "a"]
    status, undo, _ = send(boss, f"{batch}/undo", key=KEY + "2")
    assert status == 303
    assert "不会收回" in boss.get(undo).get_data(as_text=True)
    assert run(boss, undo)[0] == 303
    assert [_level(boss, id) for id in many] == ["a", "a", "a"]


def test_the_history_of_a_record_tells_what_came_in_bulk(boss: Client, many: list[int]) -> None:
    run(boss, previewed(boss, id=str(many[0])))

    told = boss.get(f"/records/customer/{many[0]}/history").get_data(as_text=True)

    assert "<b>批量修改</b>" in told


def test_a_batch_tells_what_was_chosen_and_why(boss: Client, many: list[int]) -> None:
    ticked = boss.get(previewed(boss, id=str(many[0]))).get_data(as_text=True)
    _, path, _ = send(
        boss,
        "/batches/of/customer/preview?f.kind=company",
        **{"action": "classify", "key": KEY + "9", "f.level": "b", "scope": "all"},
    )
    whole = boss.get(path).get_data(as_text=True)

    assert "勾选的 1 条" in ticked
    assert "整理" in ticked
    assert "里符合条件的全部记录" in whole


def test_all_that_the_list_holds_is_taken(boss: Client, many: list[int]) -> None:
    form = {"action": "classify", "key": KEY, "f.level": "b", "scope": "all"}
    _, batch, _ = send(boss, "/batches/of/customer/preview?f.kind=company", **form)

    assert "执行：3 条" in boss.get(batch).get_data(as_text=True)
    form["key"] = KEY + "3"
    _, none, page = send(boss, "/batches/of/customer/preview?f.kind=person", **form)
    assert none == ""
    assert "没有选中任何记录" in page


def test_a_wrong_answer_comes_back_with_the_form(boss: Client, many: list[int]) -> None:
    form = {"action": "classify", "key": KEY, "f.since": "昨天", "id": str(many[0])}
    status, _, page = send(boss, "/batches/of/customer/preview", **form)

    assert status == 422
    assert "请填写日期" in page
    assert f'value="{many[0]}"' in page


def test_the_workbook_holds_verdicts_and_runs_no_formula(boss: Client, many: list[int]) -> None:
    batch = previewed(boss, id=",".join(map(str, many)))
    run(boss, batch)

    answer = boss.get(f"{batch}/workbook")

    book = ZipFile(BytesIO(answer.get_data()))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "<f>" not in sheet
    assert "&#39;=1+0" in sheet or "'=1+0" in sheet
    assert "已完成" in sheet
    assert "B" in sheet


def test_a_batch_whose_selection_is_not_whole_says_so_and_offers_no_run(
    served: Served, boss: Client, many: list[int]
) -> None:
    batch = previewed(boss, id=str(many[0]))
    served.desk.store.execute("""UPDATE "kefu_batch" SET "state" = 'freezing'""")

    page = boss.get(batch).get_data(as_text=True)

    assert "正在选取记录…" in page
    assert "选取中断的不会执行" in page
    assert "data-poll" in page
    assert "执行：" not in page


def test_nobody_else_sees_the_batch(served: Served, boss: Client, many: list[int]) -> None:
    batch = previewed(boss, id=str(many[0]))
    other = served.browser("clerk")

    for path in (batch, f"{batch}/workbook"):
        assert other.get(path).status_code == 404
    assert send(other, f"{batch}/run", key=KEY, selection="x")[0] == 404
    assert send(other, f"{batch}/undo", key=KEY)[0] == 404


def _level(client: Client, id: int) -> str:
    return str(client.get(f"/api/v1/customer/{id}").json["data"]["values"]["level"])
