"""Jobs and messages as people and programs see them: one's own, all by right, audited."""

from __future__ import annotations

import pytest

from kefu_admin import clock
from kefu_admin.actor import system_actor
from kefu_admin.operations import reading
from kefu_admin.store import deliveries, jobs, outbox
from kefu_admin.store.deliveries import DeliveryState
from kefu_admin.store.jobs import JobState
from tests.faces.admin.pages import form
from tests.faces.desk import Served


@pytest.fixture
def stopped(served: Served) -> int:
    """A job the clerk asked for, parked."""
    store, wanted = served.desk.store, jobs.Wanted(kind="bulk.run", payload_version=1, payload={})
    clerk = reading.actor_of(served.desk, "clerk")
    with store.transaction():
        id = jobs.ask(store, wanted, actor=clerk, now=clock.now())
        job = jobs.claim(store, owner="tests")
        assert job is not None
        jobs.fail(store, job, {"code": "job_too_long", "seconds": 60}, final=True)
    return id


@pytest.fixture
def unsent(served: Served) -> int:
    """A parked message."""
    store = served.desk.store
    event = outbox.Event(
        event="customer.updated",
        type="customer",
        record_id=7,
        version=2,
        at=clock.now(),
        actor_id=None,
        operation="tests",
    )
    with store.transaction():
        outbox.append(store, [event])
        deliveries.hand_on(store, {"crm": None}, owner="tests", now=clock.now())
        one = deliveries.claim(store)
        assert one is not None
        deliveries.failed(store, one, {"code": "receiver_refuses", "status": 500}, final=True)
    return one.id


def audited(served: Served) -> list[tuple[str, str]]:
    return [
        (str(actor), str(action))
        for actor, action in served.desk.store.rows(
            'SELECT "actor", "action" FROM "kefu_audit" WHERE "type" IN (?, ?) ORDER BY "id"',
            ("kefu_job", "kefu_delivery"),
        )
    ]


def test_the_asker_sees_his_stopped_job_with_its_reason_and_tries_it_again(
    served: Served, stopped: int
) -> None:
    browser = served.browser("clerk")

    listed = browser.get("/jobs/").get_data(as_text=True)
    page = browser.get(f"/jobs/{stopped}")
    answers = [form(page, "/retry").send(browser) for _ in range(2)]

    assert f'href="/jobs/{stopped}"' in listed
    assert "一段执行超过 60 秒，已中止" in listed
    assert "停下待处理" in page.get_data(as_text=True)
    assert {one.headers["Location"] for one in answers} == {f"/jobs/{stopped}?notice=job_retried"}
    found = jobs.job(served.desk.store, stopped)
    assert found is not None
    assert found.state is JobState.WAITING
    assert audited(served) == [("clerk", "retry_job")]


def test_somebody_else_s_job_is_not_there(served: Served, stopped: int) -> None:
    for login in ("supervisor", "other_clerk"):
        browser, program = served.browser(login), served.as_(login)
        assert f"/jobs/{stopped}" not in browser.get("/jobs/").get_data(as_text=True)
        assert browser.get(f"/jobs/{stopped}").status_code == 404
        assert program.get("/api/v1/jobs").json["data"] == []
        for deed in ("retry", "cancel"):
            assert program.post(f"/api/v1/jobs/{stopped}/{deed}").status_code == 404
    assert audited(served) == []


def test_who_may_sees_and_cancels_everybody_s(served: Served, stopped: int) -> None:
    browser = served.browser("admin")

    page = browser.get(f"/jobs/{stopped}")
    form(page, "/cancel").send(browser)

    found = jobs.job(served.desk.store, stopped)
    assert found is not None
    assert found.state is JobState.CANCELLED
    assert audited(served) == [("admin", "cancel_job")]
    assert "/cancel" not in browser.get(f"/jobs/{stopped}").get_data(as_text=True)


def test_a_program_follows_its_job(served: Served, stopped: int) -> None:
    program = served.as_("clerk")

    (listed,) = program.get("/api/v1/jobs?state=parked").json["data"]
    one = program.get(f"/api/v1/jobs/{stopped}", headers={"Accept-Language": "en"}).json["data"]
    again = program.post(f"/api/v1/jobs/{stopped}/retry").json["data"]

    assert listed["id"] == stopped
    assert one["fault"] == {
        "code": "job_too_long",
        "message": "a chunk took longer than 60 s and was cut off",
    }
    assert (one["state"], one["may_retry"]) == ("parked", True)
    assert (again["state"], again["may_retry"]) == ("waiting", False)
    assert program.get("/api/v1/jobs?state=odd").status_code == 422


def test_jobs_come_in_pages(served: Served, stopped: int) -> None:
    store = served.desk.store
    wanted = jobs.Wanted(kind="x", payload_version=1, payload={})
    with store.transaction():
        for _ in range(2):
            jobs.ask(store, wanted, actor=system_actor("tests"), now=clock.now())
    program = served.browser("admin")

    first = program.get("/api/v1/jobs?limit=2").json
    rest = program.get(f"/api/v1/jobs?limit=2&cursor={first['next']}").json

    assert [job["id"] for job in first["data"]] == [stopped + 2, stopped + 1]
    assert [job["id"] for job in rest["data"]] == [stopped]
    assert rest["next"] == ""


def test_a_message_is_sent_again_or_passed_over_by_who_may(served: Served, unsent: int) -> None:
    browser = served.browser("admin")

    listed = browser.get("/messages/").get_data(as_text=True)
    page = browser.get(f"/messages/{unsent}")
    form(page, "/resend").send(browser)
    waiting = deliveries.delivery(served.desk.store, unsent)
    form(browser.get(f"/messages/{unsent}"), "/skip").send(browser)
    skipped = deliveries.delivery(served.desk.store, unsent)

    assert "接收方答复 500" in listed
    assert waiting is not None
    assert skipped is not None
    assert [waiting.state, skipped.state] == [DeliveryState.WAITING, DeliveryState.SKIPPED]
    assert audited(served) == [("admin", "resend_message"), ("admin", "skip_message")]


def test_all_that_stopped_is_sent_again_at_once(served: Served, unsent: int) -> None:
    browser = served.browser("admin")
    page = browser.get("/messages/")
    assert "重新发送停下的 1 条" in page.get_data(as_text=True)

    form(page, "/resend").send(browser)

    waiting = deliveries.delivery(served.desk.store, unsent)
    token = {"X-CSRF-Token": browser.csrf}
    none = browser.post("/api/v1/deliveries/resend", headers=token).json["data"]
    assert waiting is not None
    assert (waiting.state, waiting.tries) == (DeliveryState.WAITING, 0)
    assert none == {"count": 0}
    assert audited(served) == [("admin", "resend_messages")]
    assert "重新发送停下的" not in browser.get("/messages/").get_data(as_text=True)
    assert served.as_("clerk").post("/api/v1/deliveries/resend").status_code == 403


def test_a_program_that_may_sees_and_sends_messages_again(served: Served, unsent: int) -> None:
    program = served.browser("admin")

    token = {"X-CSRF-Token": program.csrf}
    (listed,) = program.get("/api/v1/deliveries?state=parked").json["data"]
    again = program.post(f"/api/v1/deliveries/{unsent}/resend", headers=token).json["data"]
    over = program.post(f"/api/v1/deliveries/{unsent}/skip", headers=token).json["data"]

    assert (listed["receiver"], listed["type"], listed["record_id"]) == ("crm", "customer", 7)
    assert listed["fault"] == {"code": "receiver_refuses", "message": "接收方答复 500"}
    assert (again["state"], over["state"]) == ("waiting", "skipped")
    assert served.as_("clerk").get("/api/v1/deliveries").status_code == 403
