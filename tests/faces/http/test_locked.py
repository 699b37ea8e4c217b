"""R13: somebody holds a lock for long. Who writes is told so soon; who reads notices nothing."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from waitress.server import create_server

from kefu_admin import clock, settings
from kefu_admin.app import create_app
from kefu_admin.cli.dispatching import dispatcher
from kefu_admin.definitions.project import Project
from kefu_admin.faces.http import gate as gates
from kefu_admin.faces.http.gate import SPARE, Gate
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import Busy
from kefu_admin.store.database import Store
from tests.databases import opened
from tests.faces.desk import Served, serve

WAIT_SECONDS = 2.0  # a person waits four; MariaDB counts in whole seconds
WRITERS = 10  # more than the server has threads
SOON = 1.0


@pytest.fixture
def impatient(
    open_store: Callable[[Project], Store], small_project: Project, tmp_path: Path
) -> Iterator[Served]:
    """The small desk on a store that waits two seconds at most."""
    laid = open_store(small_project)
    store = Store.open(
        laid.url,
        small_project,
        data_directory=tmp_path,
        secret=laid.secret,
        wait_seconds=WAIT_SECONDS,
    )
    desk = Desk(small_project, store)
    here = settings.read({}, data=str(tmp_path))
    yield serve(create_app(here, desk=desk), desk, here, now=clock.now())
    store.close()


@contextmanager
def listening(served: Served) -> Iterator[int]:
    """The port of a real server, with as many threads as it has by default."""
    server = create_server(
        served.app,
        host="127.0.0.1",
        port=0,
        _dispatcher=dispatcher(served.desk.store.dialect, served.settings.threads),
    )
    stopping = threading.Event()

    def turn() -> None:
        while not stopping.is_set():
            server.asyncore.loop(timeout=0.05, map=server._map, count=1)

    thread = threading.Thread(target=turn)
    thread.start()
    try:
        yield server.effective_port
    finally:
        stopping.set()
        thread.join()
        server.task_dispatcher.shutdown()
        server.asyncore.close_all(server._map)


@contextmanager
def locked(served: Served, customer: int) -> Iterator[None]:
    """Another process that has begun to write and does not end."""
    store = served.desk.store
    other = opened(store.url, served.desk.project, store.data_directory)
    with other.connection():
        other.execute("BEGIN IMMEDIATE" if store.dialect == "sqlite" else "BEGIN")
        other.execute('UPDATE "customer" SET "version" = "version" WHERE "id" = ?', (customer,))
        yield
        other.execute("ROLLBACK")
    other.close()


def ask(
    port: int, method: str, path: str, bearer: str, sent: object = None, version: int = 0
) -> tuple[int, str, float]:
    """Status, code of the first error, and how many seconds it took."""
    headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
    if version:
        headers["If-Match"] = f'"{version}"'
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, json.dumps(sent) if sent else None, headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    code = ""
    if answer.status >= 400 and body.startswith(b"{"):
        code = json.loads(body)["errors"][0]["code"]
    return answer.status, code, time.monotonic() - began


def test_who_writes_is_told_busy_soon_while_others_read_on(impatient: Served) -> None:
    bearer = impatient.bearers["supervisor"]
    with listening(impatient) as port:
        sent = {"name": "甲公司", "kind": "company"}
        assert ask(port, "POST", "/api/v1/customer", bearer, sent)[0] == 201
        with ThreadPoolExecutor(WRITERS) as people, locked(impatient, 1):
            writing = [
                people.submit(
                    ask, port, "PATCH", "/api/v1/customer/1", bearer, {"level": "b"}, version=1
                )
                for _ in range(WRITERS)
            ]
            while impatient.runtime.gate.inside < impatient.settings.threads - SPARE:
                time.sleep(0.01)
            reading = [
                ask(port, "GET", path, bearer)
                for path in ("/sign-in", "/api/v1/customer", "/api/v1/customer/1")
            ]
            told = [one.result() for one in writing]
        after = ask(port, "PATCH", "/api/v1/customer/1", bearer, {"level": "b"}, version=1)

    assert {(status, code) for status, code, _ in told} == {(503, "busy")}
    assert max(seconds for *_, seconds in told) < WAIT_SECONDS + SOON
    assert [status for status, *_ in reading] == [200, 200, 200]
    assert max(seconds for *_, seconds in reading) < SOON
    assert after[0] == 200


def test_the_gate_waits_while_others_come_and_go() -> None:
    gate = Gate(3)
    gate.enter()
    threading.Timer(0.05, gate.leave).start()

    gate.enter()

    gate.leave()


def test_the_gate_refuses_when_those_inside_do_not_get_on() -> None:
    gate = Gate(1)
    gate.enter()

    with pytest.raises(Busy):
        gate.enter()

    gate.leave()
    gate.enter()


def test_the_gate_waits_longer_while_passwords_are_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "_STUCK_SECONDS", 0.01)
    gate = Gate(1, get_on=lambda: True)
    gate.enter()
    threading.Timer(0.1, gate.leave).start()

    assert gate.enter() > 0.01

    gate.leave()
