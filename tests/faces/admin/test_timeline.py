"""One list of what happened to a record: versions, files, actions, each under its own right."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kefu_admin.definitions.project import Project
from kefu_admin.store.database import Store
from tests.faces.admin.pages import form, text
from tests.faces.desk import Client, Served
from tests.faces.laid import serve_laid

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def laid(open_store: Callable[[Project], Store], tmp_path: Path) -> Served:
    """The laid-out desk."""
    return serve_laid(open_store, tmp_path)


def made(laid: Served, versions: int = 1) -> str:
    """The path of a customer that was changed so many times less one."""
    sent = {"name": "甲公司", "kind": "company", "department": laid.departments["一部"]}
    boss = laid.as_("supervisor")
    id = boss.post("/api/v1/customer", json=sent).json["data"]["id"]
    for version in range(1, versions):
        match = {"If-Match": f'"{version}"'}
        boss.patch(f"/api/v1/customer/{id}", json={"credit": str(version)}, headers=match)
    return f"/records/customer/{id}"


def with_file(boss: Client, path: str) -> None:
    """A letter hung on it."""
    sent = dict(form(boss.get(f"{path}/edit"), "/edit").fields)
    boss.post(f"{path}/edit", data={**sent, "upload.f.papers": (io.BytesIO(PDF), "合同.pdf")})


def titles(client: Client, address: str) -> list[str]:
    """What happened, newest first."""
    page = client.get(address).get_data(as_text=True)
    return re.findall(r"<b>([^<]+)</b> <span", page.partition('class="timeline"')[2])


def test_versions_and_files_stand_in_one_list(laid: Served) -> None:
    boss, path = laid.browser("supervisor"), made(laid)
    with_file(boss, path)

    page = boss.get(f"{path}/timeline")

    assert sorted(titles(boss, f"{path}/timeline")) == ["上传到资料", "修改", "创建"]
    assert titles(boss, f"{path}/timeline")[-1] == "创建"
    assert re.search(r'href="[^"]*/files/1">合同.pdf', page.get_data(as_text=True))
    assert "supervisor" in text(page)


def test_it_is_read_page_by_page_without_loss(laid: Served) -> None:
    boss, path = laid.browser("supervisor"), made(laid, 65)
    seen: list[str] = []
    address = f"{path}/timeline"
    while address:
        page = boss.get(address).get_data(as_text=True)
        seen += re.findall(r"第 (\d+) 版", page)
        found = re.search(r'href="([^"]*timeline\?after=[^"]*)"', page)
        address = found[1] if found else ""

    assert [int(version) for version in seen] == list(range(65, 0, -1))


def test_who_may_not_read_the_history_reads_no_versions(laid: Served) -> None:
    path = made(laid, 3)

    assert laid.browser("other_clerk").get(f"{path}/timeline").status_code == 404
    assert laid.browser("nobody").get(f"{path}/timeline").status_code == 404
    assert titles(laid.browser("clerk"), f"{path}/timeline") == ["修改", "修改", "创建"]


def test_actions_are_for_who_may_read_the_audit_book(laid: Served) -> None:
    boss, path = laid.browser("supervisor"), made(laid)
    boss.post(f"{path}/print", data={"_csrf": boss.csrf})

    assert "导出" not in titles(boss, f"{path}/timeline")
    with laid.desk.store.connection(), laid.desk.store.transaction():
        laid.desk.store.execute(
            'INSERT INTO "kefu_user_role" ("user_id", "role") VALUES (?, ?)',
            (laid.people["supervisor"], "admin"),
        )
    assert titles(laid.browser("supervisor"), f"{path}/timeline")[0] == "导出"


def test_a_place_nobody_gave_out_is_refused(laid: Served) -> None:
    boss, path = laid.browser("supervisor"), made(laid)

    assert boss.get(f"{path}/timeline?after=1.x.2").status_code == 400
    assert boss.get(f"{path}/timeline?after=1").status_code == 400
