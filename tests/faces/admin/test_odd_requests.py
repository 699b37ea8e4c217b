"""Requests nobody's browser would send get a plain refusal, never a fault."""

from __future__ import annotations

import pytest

from tests.faces.desk import Served

HUGE = "9" * 23
GETS = {
    "/records/customer/?a=xxx": 400,
    "/records/customer/?q=AAAA": 400,
    "/records/customer/?s=nope": 422,
    "/records/customer/?view=visits": 404,
    "/records/customer/?f.kind=zzz": 422,
    "/records/customer/?f.owner=abc": 422,
    f"/records/customer/?f.owner={HUGE}": 422,
    "/records/customer/?f.since=zzz": 422,
    "/records/customer/?f.since.from=zzz": 422,
    "/records/customer/?f.region=999": 422,
    "/records/customer/?f.x.y.z=1": 422,
    "/records/customer/?f.=1": 422,
    "/records/customer/?f=1": 422,
    "/records/customer/?f.name=%00": 422,
    "/records/customer/?view=%00": 404,
    f"/records/customer/{HUGE}": 404,
    "/records/customer/9223372036854775808": 404,
    "/records/customer/0": 404,
    "/records/customer/abc": 404,
    "/records/customer/1/files/1": 404,
    f"/records/visit/new?from.customer={HUGE}": 200,
    "/records/visit/new?from.customer=abc": 200,
    "/?notice=%3Cscript%3E": 200,
    "/numbers/?before=abc": 400,
    "/numbers/?series=nope": 404,
}
POSTS = [
    ("/records/visit/choices/customer", {"term": "\0"}, 400),
    ("/records/visit/choices/nope", {"term": ""}, 422),
    ("/records/visit/choices/a.b.c", {"term": ""}, 404),
    ("/records/customer/find", {"search": "\0"}, 400),
    ("/records/customer/new", {}, 400),
    ("/records/customer/new", {"key": "x" * 30, "f.contacts": "zzz"}, 422),
    ("/records/customer/new", {"key": "x" * 30, "f.contacts.1.nope": "x"}, 422),
    ("/records/customer/new", {"key": "x" * 30, "f.nope": "x"}, 422),
    ("/records/customer/new", {"key": "x" * 30, "_find": "f.zzz", "find.f.zzz": "a"}, 200),
    ("/records/customer/new", {"key": "x" * 30, "_add": "f.zzz"}, 200),
    ("/language", {"locale": "xx"}, 400),
    ("/account/appearance", {"appearance": "xx"}, 400),
    ("/tokens/new", {"key": "x" * 30, "name": "", "days": "x"}, 422),
]


@pytest.mark.parametrize(("path", "status"), GETS.items())
def test_an_odd_address_is_refused_plainly(served: Served, path: str, status: int) -> None:
    assert served.browser("supervisor").get(path).status_code == status


@pytest.mark.parametrize(("path", "sent", "status"), POSTS)
def test_an_odd_form_is_refused_plainly(
    served: Served, path: str, sent: dict[str, str], status: int
) -> None:
    browser = served.browser("supervisor")

    assert browser.post(path, data={**sent, "_csrf": browser.csrf}).status_code == status


def test_an_odd_id_in_a_form_is_refused_plainly(served: Served, customer: int) -> None:
    browser = served.browser("supervisor")
    sent = {"key": "y" * 30, "version": "1", "f.owner": HUGE, "_csrf": browser.csrf}

    assert browser.post(f"/records/customer/{customer}/edit", data=sent).status_code == 422


def test_an_odd_search_in_the_audit_book_is_refused_plainly(served: Served) -> None:
    browser = served.browser("admin")

    assert browser.get("/audit/?action=%00").status_code == 400
    assert browser.get("/audit/?from=yesterday").status_code == 400
    assert browser.get("/audit/?a=x").status_code == 400
