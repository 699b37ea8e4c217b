"""One thread of the web server works at a time; others step in for those that are stuck."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest

from kefu_admin.cli.dispatching import OneAtATime, dispatcher
from kefu_admin.store.dialect import Dialect

SECONDS = 10  # nothing takes so long unless it is wrong


class Task:
    """A request that waits until it is released, and says who served it."""

    def __init__(self, *, quick: bool = False) -> None:
        self.begun, self.release, self.done = (threading.Event() for _ in range(3))
        self.served_by: list[str] = []
        self.cancelled = False
        if quick:
            self.release.set()

    def service(self) -> None:
        self.served_by.append(threading.current_thread().name)
        self.begun.set()
        self.release.wait(SECONDS)
        self.done.set()

    def cancel(self) -> None:
        self.cancelled = True


@pytest.fixture
def threads() -> Iterator[OneAtATime]:
    made = OneAtATime(3, patience=0.01)
    yield made
    made.shutdown(timeout=SECONDS)


@pytest.fixture
def patient() -> Iterator[OneAtATime]:
    """Threads of which none ever counts as stuck."""
    made = OneAtATime(3, patience=SECONDS * 10)
    yield made
    made.shutdown(timeout=SECONDS)


def served(threads: OneAtATime, count: int) -> list[Task]:
    tasks = [Task(quick=True) for _ in range(count)]
    for task in tasks:
        threads.add_task(task)
    assert all(task.done.wait(SECONDS) for task in tasks)
    return tasks


def test_one_thread_serves_all_while_it_keeps_up(patient: OneAtATime) -> None:
    first = Task()
    patient.add_task(first)
    assert first.begun.wait(SECONDS)
    rest = [Task(quick=True) for _ in range(20)]
    for task in rest:
        patient.add_task(task)
    assert not any(task.begun.is_set() for task in rest)

    first.release.set()

    assert all(task.done.wait(SECONDS) for task in rest)
    assert {name for task in rest for name in task.served_by} == set(first.served_by)


def test_others_step_in_while_threads_are_stuck(threads: OneAtATime) -> None:
    stuck = [Task(), Task()]
    for task in stuck:
        threads.add_task(task)
    assert all(task.begun.wait(SECONDS) for task in stuck)

    quick = served(threads, 20)

    busy = {name for task in stuck for name in task.served_by}
    assert len(busy) == 2
    assert not busy & {name for task in quick for name in task.served_by}
    for task in stuck:
        task.release.set()


def test_what_waited_for_stuck_threads_is_served_once(threads: OneAtATime) -> None:
    stuck = [Task() for _ in range(3)]
    for task in stuck:
        threads.add_task(task)
    assert all(task.begun.wait(SECONDS) for task in stuck)
    waiting = [Task(quick=True) for _ in range(10)]
    for task in waiting:
        threads.add_task(task)
    assert not any(task.begun.is_set() for task in waiting)

    for task in stuck:
        task.release.set()

    assert all(task.done.wait(SECONDS) for task in waiting)
    assert [len(task.served_by) for task in waiting] == [1] * 10


def test_requests_from_many_sides_are_each_served_once(threads: OneAtATime) -> None:
    done: queue.SimpleQueue[int] = queue.SimpleQueue()

    class Counted:
        def __init__(self, number: int) -> None:
            self.number = number

        def service(self) -> None:
            done.put(self.number)

    def send(side: int) -> None:
        for number in range(200):
            threads.add_task(Counted(side * 200 + number))

    sides = [threading.Thread(target=send, args=(side,)) for side in range(4)]
    for side in sides:
        side.start()

    assert sorted(done.get(timeout=SECONDS) for _ in range(800)) == list(range(800))
    for side in sides:
        side.join()


def test_a_request_that_fails_leaves_its_thread_at_work(
    patient: OneAtATime, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[str] = []
    monkeypatch.setattr(patient.logger, "exception", lambda text, task: logged.append(text % task))

    class Failing:
        def service(self) -> None:
            raise ValueError("not expected")

        def __repr__(self) -> str:
            return "the request"

    patient.add_task(Failing())
    served(patient, 5)

    assert logged == ["Exception when servicing the request"]


def test_the_end_waits_for_what_is_answered_and_cancels_the_rest() -> None:
    threads = OneAtATime(1, patience=SECONDS * 10)
    running, waiting = Task(), Task()
    for task in (running, waiting):
        threads.add_task(task)
    assert running.begun.wait(SECONDS)
    ending = threading.Thread(target=threads.shutdown, kwargs={"timeout": SECONDS})
    ending.start()
    running.release.set()
    ending.join()

    assert not threads.threads
    assert running.done.is_set()
    assert waiting.cancelled != waiting.done.is_set()


@pytest.mark.parametrize("dialect", [Dialect.POSTGRESQL, Dialect.MARIADB])
def test_all_threads_work_where_the_database_is_elsewhere(dialect: Dialect) -> None:
    threads = dispatcher(dialect, 2)
    both = [Task(), Task()]
    for task in both:
        threads.add_task(task)

    assert all(task.begun.wait(SECONDS) for task in both)
    for task in both:
        task.release.set()
    threads.shutdown(timeout=SECONDS)
