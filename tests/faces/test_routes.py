"""Declarations of routes: a route that promises nothing does not start."""

from __future__ import annotations

import pytest
from flask import Blueprint, Flask

from kefu_admin.faces.routes import Audit, Repeat, UndeclaredRoutes, declare, table


def app_with(blueprint: Blueprint) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(blueprint)
    return app


def test_a_route_without_a_declaration_is_named() -> None:
    ours = Blueprint("ours", __name__)
    ours.get("/open")(lambda: "")

    with pytest.raises(UndeclaredRoutes) as refused:
        table(app_with(ours), {"ours"})

    assert refused.value.faults == ("/open (ours.<lambda>): no declaration",)


def test_a_route_with_more_methods_than_declared_is_named() -> None:
    ours = Blueprint("ours", __name__)

    @ours.route("/change", methods=["GET", "POST"])
    @declare("GET")
    def change() -> str:
        return ""

    with pytest.raises(UndeclaredRoutes) as refused:
        table(app_with(ours), {"ours"})

    assert refused.value.faults == ("/change (ours.change): POST not declared",)


def test_a_hosts_own_routes_need_no_declaration() -> None:
    theirs = Blueprint("theirs", __name__)
    theirs.get("/shop")(lambda: "")

    assert table(app_with(theirs), {"ours"}) == ()


def test_a_writing_route_says_what_happens_when_it_is_repeated() -> None:
    with pytest.raises(ValueError, match="sent twice"):
        declare("POST", audit=Audit.DATA)

    assert declare("POST", repeat=Repeat.KEY, audit=Audit.DATA)
