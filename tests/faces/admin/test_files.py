"""Files in forms, and what else the small project lacks: pick-lists inside child rows."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kefu_admin import clock, settings
from kefu_admin.app import create_app
from kefu_admin.definitions.load import load
from kefu_admin.definitions.project import Project
from kefu_admin.operations.desk import Desk
from kefu_admin.store.database import Store
from tests.conftest import PROJECTS
from tests.faces.admin.pages import form, text
from tests.faces.desk import Client, Served, serve

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def filed(open_store: Callable[[Project], Store], tmp_path: Path) -> Served:
    """The small desk with papers on a customer, and contacts who were introduced by a customer."""
    config = tmp_path / "config"
    shutil.copytree(PROJECTS / "small", config)
    customer = config / "types/customer.yaml"
    customer.write_text(
        customer.read_text("utf-8").replace(
            "unique:\n",
            "  papers: {type: attachments, label: {zh: 资料, en: Papers}}\n"
            "  licence: {type: attachment, label: {zh: 执照, en: Licence}}\nunique:\n",
        ),
        "utf-8",
    )
    contact = config / "types/contact.yaml"
    line = "  introducer: {type: reference, to: customer, label: {zh: 介绍人, en: Introducer}}\n"
    contact.write_text(contact.read_text("utf-8").rstrip() + "\n" + line, "utf-8")
    project = load(config)
    here = settings.read({}, data=str(tmp_path / "data"))
    desk = Desk(project, open_store(project))
    return serve(create_app(here, desk=desk), desk, here, now=clock.now())


def created(served: Served) -> str:
    """A customer's path."""
    boss = served.browser("supervisor")
    blank = form(boss.get("/records/customer/new"), "/new")
    answer = blank.send(boss, f__name="甲公司", f__kind="company")
    return str(answer.headers["Location"]).partition("?")[0]


def test_a_file_sent_with_the_form_hangs_on_the_record_and_comes_back(filed: Served) -> None:
    boss, path = filed.browser("supervisor"), created(filed)
    sent = dict(form(boss.get(f"{path}/edit"), "/edit").fields)
    sent["upload.f.papers"] = (io.BytesIO(PDF), "合同.pdf")

    answer = boss.post(f"{path}/edit", data=sent)

    page = boss.get(path)
    where = page.get_data(as_text=True).partition('class="file" href="')[2].partition('"')[0]
    assert answer.status_code == 303
    assert "合同.pdf" in text(page)
    download = boss.get(where)
    assert download.get_data() == PDF
    assert download.headers["Content-Disposition"].startswith("attachment")
    download.close()


def shown(browser: Client, path: str) -> str:
    """The record's page without its history, which names the files of former versions."""
    return browser.get(path).get_data(as_text=True).partition('id="history"')[0]


def test_a_form_with_a_file_sent_twice_takes_effect_once(filed: Served) -> None:
    boss, path = filed.browser("supervisor"), created(filed)
    sent = dict(form(boss.get(f"{path}/edit"), "/edit").fields)
    blank = dict(form(boss.get("/records/customer/new"), "/new").fields)
    blank |= {"f.name": "乙公司", "f.kind": "company"}

    def send_twice(where: str, fields: dict[str, str]) -> list[tuple[int, str]]:
        answers = [
            boss.post(where, data={**fields, "upload.f.papers": (io.BytesIO(PDF), "合同.pdf")})
            for _ in range(2)
        ]
        return [(one.status_code, one.headers["Location"].partition("?")[0]) for one in answers]

    assert send_twice(f"{path}/edit", sent) == [(303, path)] * 2
    (status, made), again = send_twice("/records/customer/new", blank)
    assert (status, made) == again
    assert shown(boss, path).count("合同.pdf") == shown(boss, made).count("合同.pdf") > 0


def test_a_key_does_not_stand_for_another_file(filed: Served) -> None:
    boss, path = filed.browser("supervisor"), created(filed)
    sent = dict(form(boss.get(f"{path}/edit"), "/edit").fields)
    boss.post(f"{path}/edit", data={**sent, "upload.f.papers": (io.BytesIO(PDF), "合同.pdf")})

    other = boss.post(
        f"{path}/edit", data={**sent, "upload.f.papers": (io.BytesIO(PDF + b" "), "合同.pdf")}
    )

    assert other.status_code == 422
    assert "请求编号" in text(other)


def test_a_key_does_not_stand_for_another_types_record(filed: Served) -> None:
    boss, path = filed.browser("supervisor"), created(filed)
    number = path.rpartition("/")[2]
    visit = form(boss.get("/records/visit/new"), "/new")
    visit = str(visit.send(boss, f__customer=number).headers["Location"]).partition("?")[0]
    assert visit.rpartition("/")[2] == number
    leaving = form(boss.get(f"{visit}/delete"), "/delete")
    assert leaving.send(boss).status_code == 303
    asked = form(boss.get(f"{path}/delete"), "/delete")

    refused = asked.send(boss, key=leaving.fields["key"], version=leaving.fields["version"])

    assert refused.status_code == 422
    assert boss.get(path).status_code == 200


def test_a_file_unticked_in_the_form_is_let_go(filed: Served) -> None:
    boss, path = filed.browser("supervisor"), created(filed)
    sent = dict(form(boss.get(f"{path}/edit"), "/edit").fields)
    boss.post(f"{path}/edit", data={**sent, "upload.f.licence": (io.BytesIO(PDF), "执照.pdf")})
    kept = form(boss.get(f"{path}/edit"), "/edit")

    kept.send(boss, f__licence="")

    assert kept.fields.getlist("f.licence")[-1] != ""
    assert "执照.pdf" not in shown(boss, path)


def test_a_file_stays_in_a_form_that_is_refused(filed: Served) -> None:
    boss, path = filed.browser("supervisor"), created(filed)
    sent = dict(form(boss.get(f"{path}/edit"), "/edit").fields)
    sent |= {"f.name": "", "upload.f.papers": (io.BytesIO(PDF), "合同.pdf")}

    refused = boss.post(f"{path}/edit", data=sent)
    again = form(refused, "/edit").send(boss, f__name="甲公司")

    assert refused.status_code == 422
    assert again.status_code == 303
    assert "合同.pdf" in text(boss.get(path))


def test_a_file_of_a_kind_not_taken_is_said_beside_its_field(filed: Served) -> None:
    boss, path = filed.browser("supervisor"), created(filed)
    sent = dict(form(boss.get(f"{path}/edit"), "/edit").fields)
    sent["upload.f.papers"] = (io.BytesIO(b"<script>alert(1)</script>"), "x.html")

    answer = boss.post(f"{path}/edit", data=sent)

    assert answer.status_code == 422
    assert 'id="f-papers-error"' in answer.get_data(as_text=True)


def test_a_file_is_not_there_for_who_does_not_see_its_record(filed: Served) -> None:
    boss, path = filed.browser("supervisor"), created(filed)
    sent = dict(form(boss.get(f"{path}/edit"), "/edit").fields)
    boss.post(f"{path}/edit", data={**sent, "upload.f.papers": (io.BytesIO(PDF), "合同.pdf")})
    page = boss.get(path).get_data(as_text=True)
    where = page.partition('class="file" href="')[2].partition('"')[0]

    assert filed.browser("clerk").get(where).status_code == 404


def test_a_child_row_picks_its_reference_from_what_one_may_see(filed: Served) -> None:
    boss, path = filed.browser("supervisor"), created(filed)

    found = boss.post(
        "/records/customer/choices/contacts.introducer", data={"term": "甲", "_csrf": boss.csrf}
    )

    assert [one["label"] for one in found.json["data"]] == ["甲公司"]
    page = boss.get(f"{path}/edit").get_data(as_text=True)
    assert 'data-picker="/records/customer/choices/contacts.introducer"' in page
