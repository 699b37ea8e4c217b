"""Forms with tabs, owned rows in an order, rows copied, refusals with their tab opened."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from kefu_admin.definitions.project import Project
from kefu_admin.store.database import Store
from tests.databases import DIALECTS
from tests.faces.admin.pages import Form, form, text
from tests.faces.desk import Client, Served
from tests.faces.laid import serve_laid

CONTACTS = [
    {"name": "丙", "place": 3},
    {"name": "无", "place": None},
    {"name": "甲", "place": 1},
    {"name": "乙", "place": 2},
]


@pytest.fixture
def laid(open_store: Callable[[Project], Store], tmp_path: Path) -> Served:
    """The laid-out desk."""
    return serve_laid(open_store, tmp_path)


@pytest.fixture
def boss(laid: Served) -> Client:
    """Who sees every customer."""
    return laid.browser("supervisor")


def made(laid: Served) -> int:
    """A customer with contacts written in another order than they stand."""
    sent = {"name": "甲公司", "kind": "company", "contacts": CONTACTS}
    sent["department"] = laid.departments["一部"]
    answer = laid.as_("supervisor").post("/api/v1/customer", json=sent)
    return int(answer.json["data"]["id"])


def opened(page: TestResponse) -> list[str]:
    """The tabs that are open."""
    return re.findall(r'name="_tab" value="(\w+)"[^>]* checked', page.get_data(as_text=True))


def names(page: Form) -> list[str]:
    """The contacts of a form, in order."""
    return [value for name, value in page.fields.items() if re.fullmatch(r"f.contacts.*name", name)]


def test_sections_stand_in_their_tabs_and_the_rest_in_a_last_one(boss: Client) -> None:
    page = boss.get("/records/customer/new").get_data(as_text=True)

    assert re.findall(r'name="_tab" value="(\w+)"', page) == ["who", "whose", "other"]
    assert opened(boss.get("/records/customer/new")) == ["who"]


def test_a_type_without_tabs_has_none(boss: Client) -> None:
    assert "tab-pick" not in boss.get("/records/visit/new").get_data(as_text=True)


def test_a_refused_form_opens_the_tab_of_the_fault_and_leads_to_the_field(boss: Client) -> None:
    blank = form(boss.get("/records/customer/new"), "/new")

    page = blank.send(boss, f__name="甲公司", f__kind="company", f__credit="-1", _tab="who")

    assert page.status_code == 422
    assert opened(page) == ["whose"]
    body = page.get_data(as_text=True)
    assert '<a href="#f-credit">' in body
    assert 'id="f-credit"' in body
    assert re.findall(r'class="tab-faults"[^>]*>(\d+)<', body) == ["1"]


def test_a_form_that_comes_back_keeps_the_tab_that_was_open(boss: Client) -> None:
    blank = form(boss.get("/records/customer/new"), "/new")

    page = blank.send(boss, _add="f.contacts", _tab="whose")

    assert opened(page) == ["whose"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_owned_rows_stand_in_their_order_those_without_a_place_last(
    laid: Served, boss: Client
) -> None:
    id = made(laid)

    page = form(boss.get(f"/records/customer/{id}/edit"), "/edit")

    assert names(page) == ["甲", "乙", "丙", "无"]


def test_rows_change_places_by_their_numbers(laid: Served, boss: Client) -> None:
    id = made(laid)
    page = form(boss.get(f"/records/customer/{id}/edit"), "/edit")

    answer = page.send(boss, f__contacts__0__place="9")

    assert answer.status_code == 303
    page = form(boss.get(f"/records/customer/{id}/edit"), "/edit")
    assert names(page) == ["乙", "丙", "甲", "无"]


def test_a_row_is_copied_without_script_as_a_new_one(laid: Served, boss: Client) -> None:
    page = form(boss.get(f"/records/customer/{made(laid)}/edit"), "/edit")

    again = form(page.send(boss, _copy="f.contacts.1"), "/edit")

    assert names(again) == ["甲", "乙", "乙", "丙", "无"]
    assert "f.contacts.2.id" not in again.fields
    assert again.fields["f.contacts.1.id"]


def test_a_read_only_or_hidden_field_is_the_servers_to_decide(laid: Served, boss: Client) -> None:
    blank = form(boss.get("/records/customer/new"), "/new")
    sent = {"f__name": "甲公司", "f__kind": "company", "f__id_number": "11010519491231002X"}

    answer = blank.send(boss, **sent)

    page = boss.get(answer.headers["Location"])
    assert "11010519491231002X" not in text(page)
    assert "身份证号" not in text(page)
