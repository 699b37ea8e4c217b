"""What every answer carries and every request passes, in panel and API alike."""

from __future__ import annotations

import pytest

from tests.faces.desk import Served

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

PATHS = ["/api/v1/me", "/api/v1/customer", "/api/v1/unicorn", "/api/v1/docs", "/", "/nowhere"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("who", ["supervisor", None])
def test_every_answer_is_locked_down(served: Served, path: str, who: str | None) -> None:
    answer = (served.as_(who) if who else served.stranger()).get(path)

    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert len(answer.headers["X-Request-Id"]) == 16


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil"])
def test_a_host_that_is_not_ours_is_refused(served: Served, host: str) -> None:
    answer = served.as_("supervisor").get("/api/v1/me", headers={"Host": host})

    assert answer.status_code == 400
    assert "evil" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("token", ["", "nonsense", "kefu_" + "a" * 40])
def test_a_bad_token_is_nobody(served: Served, token: str) -> None:
    answer = served.stranger().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json["errors"][0]["code"] == "sign_in_required"


def test_a_session_cookie_reads_the_api(served: Served) -> None:
    assert served.browser("supervisor").get("/api/v1/me").json["data"]["login"] == "supervisor"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-CSRF-Token": "nonsense"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_session_cookie_alone_changes_nothing(served: Served, headers: dict[str, str]) -> None:
    browser = served.browser("supervisor")
    if headers.keys() - {"X-CSRF-Token"}:
        headers = headers | {"X-CSRF-Token": browser.csrf}

    answer = browser.post(
        "/api/v1/customer", json={"name": "甲", "kind": "company"}, headers=headers
    )

    assert (answer.status_code, answer.json["errors"][0]["code"]) == (400, "bad_csrf_token")
    assert browser.get("/api/v1/customer").json["data"] == []


def test_a_session_cookie_with_its_token_writes(served: Served) -> None:
    browser = served.browser("supervisor")

    answer = browser.post(
        "/api/v1/customer",
        json={"name": "甲", "kind": "company"},
        headers={"X-CSRF-Token": browser.csrf},
    )

    assert answer.status_code == 201


def test_anothers_token_is_refused(served: Served) -> None:
    browser, other = served.browser("supervisor"), served.browser("clerk")

    answer = browser.post(
        "/api/v1/customer",
        json={"name": "甲", "kind": "company"},
        headers={"X-CSRF-Token": other.csrf},
    )

    assert answer.status_code == 400


def test_the_answer_speaks_the_callers_language(served: Served) -> None:
    boss = served.as_("supervisor")

    chinese = boss.get("/api/v1/types", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    english = boss.get("/api/v1/types", headers={"Accept-Language": "en-GB"})

    assert [one["label"] for one in chinese.json["data"]] == ["联系人", "客户", "回访记录"]
    assert [one["label"] for one in english.json["data"]] == ["Contact", "Customer", "Return visit"]


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("PUT", "/api/v1/customer", {}, 405),
        ("GET", "/api/v1/customer", {"headers": {"Accept": "text/html"}}, 406),
        ("POST", "/api/v1/customer", {"data": "{}", "content_type": "text/plain"}, 415),
        ("POST", "/api/v1/customer", {"data": b'{"name": "' + b"a" * 1_100_000 + b'"}'}, 413),
        ("POST", "/api/v1/customer", {"data": "{"}, 400),
        ("GET", "/api/v1/unicorn/1", {}, 404),
        ("GET", "/api/v1/customer/notanumber", {}, 404),
        ("GET", "/api/v1/customer/99999999999999999999999999", {}, 404),
    ],
)
def test_every_refusal_has_the_one_shape(
    served: Served, method: str, path: str, options: dict[str, object], status: int
) -> None:
    options = {"content_type": "application/json"} | options if "data" in options else options

    answer = served.as_("supervisor").open(method, path, **options)

    body = answer.json
    assert answer.status_code == status
    assert body.keys() == {"ok", "errors", "status"}
    assert (body["ok"], body["status"]) == (False, status)
    assert all(error.keys() == {"code", "field", "message"} for error in body["errors"])
    assert all(error["message"] for error in body["errors"])


def test_a_wrong_method_names_the_right_ones(served: Served) -> None:
    answer = served.as_("supervisor").open("PUT", "/api/v1/customer")

    assert {"GET", "POST"} <= set(answer.headers["Allow"].replace(",", " ").split())
