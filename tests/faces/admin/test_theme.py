"""What we lean on in Flask-Admin, held by a test each."""

from __future__ import annotations

from contextlib import closing

import jinja2
import pytest
from flask_admin import BaseView

from kefu_admin.faces.admin.theme import STATIC, TEMPLATES
from kefu_admin.faces.admin.view import PanelView, expose
from tests.faces.desk import Served


def test_templates_come_from_our_folder_and_from_nowhere_else(served: Served) -> None:
    environment = served.app.jinja_env

    ours = environment.get_template("admin/base.html")

    assert ours.filename == str(TEMPLATES / "admin/base.html")
    with pytest.raises(jinja2.TemplateNotFound):
        environment.get_template("admin/file/list.html")  # bundled with Flask-Admin, not ours


def test_static_files_are_ours(served: Served) -> None:
    with closing(served.stranger().get("/assets/css/panel.css")) as answer:
        assert answer.get_data() == (STATIC / "css/panel.css").read_bytes()


def test_a_static_file_is_kept_for_a_year_only_under_its_version(served: Served) -> None:
    client = served.stranger()

    with closing(client.get("/assets/css/panel.css?v=1")) as under_version:
        assert "max-age=31536000" in under_version.headers["Cache-Control"]
    with closing(client.get("/assets/js/parts/rows.js")) as plain:
        assert "max-age=31536000" not in plain.headers["Cache-Control"]


def test_a_fault_in_a_view_is_not_called_a_second_time() -> None:
    calls: list[object] = []

    class Faulty(PanelView):
        @expose("/")
        def index(self) -> None:
            """Never called."""

    def fails(view: BaseView) -> None:
        calls.append(view)
        raise TypeError("a fault of the view")

    with pytest.raises(TypeError, match="a fault of the view"):
        Faulty(name="x")._run_view(fails)

    assert len(calls) == 1


def test_the_menu_is_rendered_once_per_rights_and_language(served: Served) -> None:
    browser, other = served.browser("clerk"), served.browser("other_clerk")

    browser.get("/")
    other.get("/")
    browser.get("/", headers={"Cookie": ""})

    kept = served.runtime.admin.theme.kept_menus.texts
    assert len(kept) == 1
