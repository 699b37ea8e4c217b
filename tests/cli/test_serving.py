"""A real server process: it opens, answers, starts again for newer config, and stops when told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from kefu_admin.cli import main
from kefu_admin.opening import open_desk
from kefu_admin.settings import read

PATIENCE_SECONDS = 60  # who waits for a process that starts is served when it has


@contextmanager
def serving(*command: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command running, and the address it says."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from kefu_admin.cli import main; main()", *command],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    try:
        yield process, address(process)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def address(process: subprocess.Popen[str]) -> str:
    """What stands after http:// in the next line that holds it."""
    assert process.stdout is not None
    for line in process.stdout:
        if "http://" in line:
            return "http://" + line.split("http://")[1].split("/")[0]
    raise AssertionError("it ended without opening")


def ask(url: str, token: str, sent: object = None) -> tuple[int, dict[str, object]]:
    """Status and body of one request; a connection refused counts as 0."""
    body = None if sent is None else json.dumps(sent).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        with urlopen(Request(url, body, headers), timeout=PATIENCE_SECONDS) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)
    except URLError:
        return 0, {}


@pytest.fixture
def token(desk: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A supervisor's token on a laid desk."""
    assert main(["apply"]) == 0
    assert main(["user", "add", "boss", "--name", "王主管", "--roles", "supervisor"]) == 0
    opened = open_desk(read())
    with opened.store.connection(), opened.store.transaction():
        opened.store.execute('UPDATE "kefu_user" SET "must_change" = 0')
    opened.store.close()
    assert main(["token", "issue", "boss", "t", "--scopes", "*:read,*:write"]) == 0
    return capsys.readouterr().out.split()[-1]


def test_a_server_starts_again_by_itself_when_newer_config_was_applied(
    desk: Path,
    token: str,
) -> None:
    with serving("web", "--port", "0") as (process, url):
        assert ask(f"{url}/api/v1/me", token)[0] == 200
        customer = desk / "config" / "types" / "customer.yaml"
        text = customer.read_text("utf-8")
        fields = "  fax: {type: phone, label: {zh: 传真, en: Fax}}\nunique:\n"
        customer.write_text(text.replace("unique:\n", fields, 1), "utf-8")
        assert main(["apply"]) == 0

        refused, body = ask(f"{url}/api/v1/customer", token, {"name": "甲", "kind": "company"})
        again = address(process)

        assert refused == 503
        assert body["errors"][0]["code"] == "config_moved"  # type: ignore[index]  # an envelope
        assert "fax" in json.dumps(ask(f"{again}/api/v1/types", token)[1])


def test_a_server_told_to_stop_ends_in_order(desk: Path, token: str) -> None:
    with serving("run", "--port", "0") as (process, url):
        assert ask(f"{url}/api/v1/me", token)[0] == 200

        process.send_signal(signal.SIGTERM)
        started = time.monotonic()

        assert process.wait(PATIENCE_SECONDS) == 0
        assert time.monotonic() - started < PATIENCE_SECONDS


def test_a_taken_port_is_a_sentence(
    desk: Path,
    token: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with serving("web", "--port", "0") as (_, url):
        assert main(["web", "--port", url.rpartition(":")[2]]) == 2

    assert "不能监听" in capsys.readouterr().err


def test_no_request_is_lost_while_the_server_is_renewed(desk: Path, token: str) -> None:
    """Four clients ask all the time, each on a connection of its own; the process is renewed twice
    under them and keeps its number."""
    stop, answers = threading.Event(), []

    def client(url: str) -> None:
        while not stop.is_set():
            try:
                answers.append(ask(f"{url}/api/v1/me", token)[0])
            except OSError as error:  # cut off in the midst of an answer
                answers.append(repr(error))

    with serving("web", "--port", "0") as (process, url):
        threads = [threading.Thread(target=client, args=(url,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(2):
            process.send_signal(signal.SIGHUP)
            assert address(process) == url  # the new one on the same socket
        stop.set()
        for thread in threads:
            thread.join()
        assert ask(f"{url}/api/v1/me", token)[0] == 200

    assert len(answers) > 8
    assert set(answers) == {200}


def test_a_broken_config_renews_nothing(desk: Path, token: str) -> None:
    with serving("web", "--port", "0") as (process, url):
        (desk / "config" / "types" / "customer.yaml").write_text("fields: [", "utf-8")
        process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 1

        while time.monotonic() < deadline:
            assert ask(f"{url}/api/v1/me", token)[0] == 200
        assert process.poll() is None
