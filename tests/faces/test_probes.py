"""/healthz, /readyz, /metrics: what machines ask, and what nobody learns from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kefu_admin import settings
from kefu_admin.app import create_app
from kefu_admin.operations.desk import Desk
from tests.faces.desk import Served


@pytest.fixture
def dialect():
    """The same on every database; figures themselves are asked of all three elsewhere."""
    return "sqlite"


def test_a_living_process_says_so_without_the_database(served: Served) -> None:
    client = served.app.test_client()
    served.desk.store.close()
    before = served.desk.store.statements

    answer = client.get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert served.desk.store.statements == before


def test_ready_is_who_runs_the_applied_config(served: Served) -> None:
    client = served.app.test_client()
    assert client.get("/readyz").json == {"ready": True, "database": True, "config": True}

    with served.desk.store.transaction():
        served.desk.store.execute(
            """UPDATE "kefu_state" SET "value" = 'newer' WHERE "key" = 'fingerprint'"""
        )

    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "database": True, "config": False}


def test_figures_count_requests_by_route_and_refusals_by_reason(served: Served) -> None:
    client = served.app.test_client()
    client.get("/healthz")
    client.get("/records/customer/1")
    client.get("/api/v1/me")
    client.get("/nothing/13800005678")

    text = client.get("/metrics").text

    assert 'kefu_http_requests_total{method="GET",route="/healthz",status="200"} 1.0' in text
    assert 'route="/records/customer/' in text
    assert 'kefu_http_request_seconds_bucket{le="0.1",route="/healthz"} 1.0' in text
    assert 'kefu_refusals_total{code="sign_in_required"}' in text
    assert "kefu_database_up 1.0" in text
    assert 'kefu_jobs{state="parked"} 0.0' in text
    assert "kefu_database_statements_total" in text
    assert 'kefu_disk_free_bytes{place="data"}' in text
    assert "13800005678" not in text


def test_figures_are_for_this_machine_only(served: Served) -> None:
    client = served.app.test_client()

    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 404
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "::1"}).status_code == 200


def test_with_a_token_whoever_shows_it_may_read(served: Served, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a token for metrics\n")
    here = settings.read({"KEFU_METRICS_TOKEN_FILE": str(token)}, data=str(tmp_path))
    app = create_app(here, desk=Desk(served.desk.project, served.desk.store))
    client = app.test_client()

    def asked(shown: str) -> int:
        headers = {"Authorization": shown} if shown else {}
        return client.get(
            "/metrics", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.9"}
        ).status_code

    assert asked("Bearer a token for metrics") == 200
    assert asked("Bearer another token") == 404
    assert asked("") == 404
    token.write_text("short")
    assert asked("Bearer short") == 404


def test_the_status_page_says_what_to_do_to_those_who_may(served: Served) -> None:
    page = served.browser("admin").get("/status/").text

    assert "还没有做过备份。" in page
    assert "执行 kefu backup" in page
    assert page.index("备份") < page.index("全部已封存")  # what wants somebody comes first
    assert served.browser("clerk").get("/status/").status_code == 403
    assert served.stranger().get("/status/").status_code == 303
