"""What a person sees when the desk is in trouble: a plain sentence, never its inside."""

from __future__ import annotations

import pytest
from flask import Blueprint

from kefu_admin.faces.routes import declare
from kefu_admin.problems import Busy, ConfigMoved, TooMany
from tests.faces.desk import Served

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

FAULTS = {
    "busy": Busy(),
    "moved": ConfigMoved(),
    "many": TooMany(limit=60, per="hour", retry_after=120),
    "fault": RuntimeError("SELECT secret FROM kefu_user"),
}


@pytest.fixture
def troubled(served: Served) -> Served:
    """The desk with a route of ours that raises what it is asked for."""
    ours = Blueprint("trouble", __name__, url_prefix="/api/v1/trouble")

    @ours.get("/<name>")
    @declare("GET")
    def trouble(name: str) -> str:
        raise FAULTS[name]

    served.app.register_blueprint(ours)
    served.runtime.own_blueprints.add("trouble")
    return served


@pytest.mark.parametrize(
    ("name", "status", "code", "after"),
    [
        ("busy", 503, "busy", "2"),
        ("moved", 503, "config_moved", "2"),
        ("many", 429, "too_many", "120"),
    ],
)
def test_a_refusal_says_when_to_try_again(
    troubled: Served, name: str, status: int, code: str, after: str
) -> None:
    answer = troubled.as_("clerk").get(f"/api/v1/trouble/{name}")

    assert (answer.status_code, answer.headers["Retry-After"]) == (status, after)
    assert answer.json["errors"][0]["code"] == code


def test_a_fault_shows_its_number_and_nothing_of_its_inside(troubled: Served) -> None:
    answer = troubled.as_("clerk").get("/api/v1/trouble/fault")

    said = answer.json["errors"][0]["message"]
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (500, "http_500")
    assert answer.headers["X-Request-Id"] in said
    assert "SELECT" not in answer.get_data(as_text=True)


def test_a_person_with_a_first_password_gets_no_further(troubled: Served) -> None:
    store = troubled.desk.store
    browser = troubled.browser("clerk")
    with store.connection(), store.transaction():
        store.execute('UPDATE "kefu_user" SET "must_change" = 1 WHERE "login" = ?', ("clerk",))

    answer = browser.get("/api/v1/customer")

    assert (answer.status_code, answer.json["errors"][0]["code"]) == (
        403,
        "password_change_required",
    )
