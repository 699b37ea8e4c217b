"""A keep-alive HTTP client and the two ways we load a server: one client, and eight."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]
    seconds: float


class Client:
    """One kept connection to a local port."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = dict(headers or {})

    def ask(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Sends one request and reads the whole answer; seconds is the time for both."""
        started = time.perf_counter()
        self.connection.request(method, path, body, {**self.headers, **(headers or {})})
        response = self.connection.getresponse()
        content = response.read()
        return Answer(
            response.status,
            content,
            {name.lower(): value for name, value in response.getheaders()},
            time.perf_counter() - started,
        )


def one_client(ask: Callable[[], Answer], *, seconds: float, expect: set[int]) -> float:
    """Median seconds of repeated requests; any other status ends the bench."""
    times: list[float] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(times) < 5:
        answer = ask()
        _expect(answer, expect)
        times.append(answer.seconds)
    return statistics.median(times)


def many_clients(
    make: Callable[[int], Callable[[], Answer]],
    *,
    clients: int,
    seconds: float,
    expect: set[int],
    clock: Callable[[], float],
) -> tuple[float, float]:
    """Requests per second of several clients together, and what `clock` (the server's processor
    time, in seconds) went on per request. Signing in and opening forms is not measured."""
    counts = [0] * clients
    failures: list[BaseException] = []
    start = threading.Barrier(clients + 1)

    def work(number: int) -> None:
        try:
            ask = make(number)
            start.wait()
            until = time.perf_counter() + seconds
            while time.perf_counter() < until:
                _expect(ask(), expect)
                counts[number] += 1
        except BaseException as failure:
            failures.append(failure)
            start.abort()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    with suppress(threading.BrokenBarrierError):  # the failure is raised below
        start.wait()
    began, spent = time.perf_counter(), clock()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return sum(counts) / (time.perf_counter() - began), (clock() - spent) / sum(counts)


def _expect(answer: Answer, expect: set[int]) -> None:
    if answer.status not in expect:
        raise SystemExit(f"unexpected answer {answer.status}: {answer.body[:300]!r}")
