"""The desk inside somebody else's Flask application."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import peewee
import pytest
from flask import Flask
from flask_admin.contrib.peewee import ModelView

from kefu_admin.app import KefuAdmin
from tests.faces.desk import Served

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

HOST_DATABASE = peewee.SqliteDatabase(None)


class Invoice(peewee.Model):
    """A model of the host application, which knows nothing of us."""

    number = peewee.CharField()

    class Meta:
        database = HOST_DATABASE


@pytest.fixture(params=["the host's own", None])
def secret_key(request: pytest.FixtureRequest) -> str | None:
    """What the host signs its session with; one may have nothing to sign."""
    return cast("str | None", request.param)


@pytest.fixture
def host(served: Served, tmp_path: Path, secret_key: str | None) -> Served:
    """A host application with a page of its own, and the desk under /desk."""
    HOST_DATABASE.init(str(tmp_path / "host.db"))
    HOST_DATABASE.create_tables([Invoice])
    Invoice.create(number="F-1")
    app = Flask("host")
    app.secret_key = secret_key

    @app.get("/")
    def shop() -> str:
        return "shop"

    @app.errorhandler(404)
    def lost(error: Exception) -> tuple[str, int]:
        return "the shop has no such page", 404

    kefu = KefuAdmin(app, settings=served.settings, desk=served.desk, url_prefix="/desk")
    kefu.admin.add_view(ModelView(Invoice, name="发票"))
    HOST_DATABASE.close()
    return replace(served, app=app)


def test_the_hosts_own_pages_stay_as_they_are(host: Served) -> None:
    answer = host.stranger().get("/")

    assert answer.get_data(as_text=True) == "shop"
    assert "Content-Security-Policy" not in answer.headers


def test_the_hosts_error_page_stays_its_own(host: Served) -> None:
    assert host.stranger().get("/nowhere").get_data(as_text=True) == "the shop has no such page"


def test_the_desk_answers_under_its_prefix(host: Served) -> None:
    assert host.as_("supervisor").get("/desk/api/v1/me").json["data"]["login"] == "supervisor"
    assert host.browser("supervisor").get("/desk/").status_code == 200
    assert host.stranger().get("/desk/").status_code == 303


def test_an_unknown_address_under_the_prefix_is_ours(host: Served) -> None:
    answer = host.as_("supervisor").get("/desk/api/v1/unicorn")

    assert (answer.status_code, answer.json["ok"]) == (404, False)


def test_a_hosts_stock_view_is_behind_our_sign_in(host: Served) -> None:
    stranger = host.stranger().get("/desk/invoice/")

    assert stranger.status_code == 303
    assert "/desk/sign-in" in stranger.headers["Location"]


def test_a_hosts_stock_view_works_for_one_who_is_signed_in(host: Served) -> None:
    answer = host.browser("supervisor").get("/desk/invoice/")

    assert answer.status_code == 200
    assert "F-1" in answer.get_data(as_text=True)


def test_a_hosts_stock_view_stands_in_our_menu(host: Served) -> None:
    page = host.browser("supervisor").get("/desk/").get_data(as_text=True)

    assert "发票" in page
    assert "/desk/invoice/" in page


def test_a_hosts_stock_form_needs_our_token(host: Served) -> None:
    browser = host.browser("supervisor")

    without = browser.post("/desk/invoice/new/", data={"number": "F-2"})
    given = browser.post("/desk/invoice/new/", data={"number": "F-2", "_csrf": browser.csrf})

    assert (without.status_code, given.status_code) == (400, 302)
    assert [row.number for row in Invoice.select()] == ["F-1", "F-2"]


def test_a_hosts_own_secret_key_stays(host: Served, secret_key: str | None) -> None:
    assert host.app.secret_key
    assert secret_key in (None, host.app.secret_key)


def test_a_hosts_view_may_name_the_roles_it_is_for(host: Served) -> None:
    view = next(view for view in host.runtime.admin._views if view.endpoint == "invoice")
    view.kefu_roles = {"supervisor"}

    assert host.browser("supervisor").get("/desk/invoice/").status_code == 200
    assert host.browser("clerk").get("/desk/invoice/").status_code == 403


def test_flask_babel_is_set_up_where_a_host_has_it_installed_only(host: Served) -> None:
    """Flask-Admin answers every form with 500 when it finds flask_babel but no Babel."""
    assert "babel" in host.app.extensions
    assert host.browser("supervisor").get("/desk/invoice/new/").status_code == 200
