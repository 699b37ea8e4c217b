"""Which thread of the web server answers next.

SQLite works in this process: threads that reckon at the same time take the interpreter from each
other after every statement, and each finds the pages its connection had read made stale by the
others. There one thread answers request after request, the same one as long as it keeps up;
another steps in when it has been at one request for longer than others should wait.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from waitress.task import ThreadedTaskDispatcher

from kefu_admin.store.dialect import Dialect

PATIENCE_SECONDS = 0.02  # several times what a page or a change takes


def dispatcher(dialect: Dialect, threads: int) -> ThreadedTaskDispatcher:
    """The threads of a web server on such a database, started."""
    if dialect is Dialect.SQLITE:
        return OneAtATime(threads)
    all_at_once = ThreadedTaskDispatcher()
    all_at_once.set_thread_count(threads)
    return all_at_once


class OneAtATime(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress is not typed for us
    """Threads of which one works, and one more for each that is stuck in a request.

    Args:
        threads: how many there are, all told.
        patience: seconds after which a thread counts as stuck.
    """

    def __init__(self, threads: int, *, patience: float = PATIENCE_SECONDS) -> None:
        super().__init__()
        self._patience = patience
        self._since: dict[int, float] = {}  # thread -> when it began what it is at
        self._idle: list[threading.Condition] = []  # who worked last is woken first
        self._left = threading.Event()  # something waits in the queue behind a thread
        self._ended = threading.Event()
        threading.Thread(target=self._watch, name="watch", daemon=True).start()
        self.set_thread_count(threads)

    def handler_thread(self, thread_no: int) -> None:
        """Answer what comes, one request after the other, until told to stop."""
        woken = threading.Condition(self.lock)
        while True:
            with self.lock:
                self._since.pop(thread_no, None)
                while not self.stop_count and not (self.queue and self._nobody_works()):
                    if self.queue:
                        self._left.set()
                    self._idle.append(woken)
                    woken.wait()
                if self.stop_count:
                    self.stop_count -= 1
                    self.threads.discard(thread_no)
                    self.thread_exit_cv.notify()
                    return
                task = self.queue.popleft()
                self._since[thread_no] = time.monotonic()
            try:
                task.service()
            except BaseException:
                self.logger.exception("Exception when servicing %r", task)

    def add_task(self, task: Any) -> None:
        """Take a request in; whoever works comes to it, or somebody who is woken."""
        with self.lock:
            self.queue.append(task)
            self._look()

    def set_thread_count(self, count: int) -> None:
        """Start threads, or tell them to stop."""
        super().set_thread_count(count)
        with self.lock:
            while self._idle:
                self._idle.pop().notify()

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """End the threads, waiting `timeout` seconds for what they are at."""
        self._ended.set()
        self._left.set()
        return bool(super().shutdown(cancel_pending, timeout))

    def _look(self) -> None:
        """Wake somebody for what waits, unless a thread that is not stuck will come to it."""
        if not self._nobody_works():
            self._left.set()
        elif self._idle:
            self._idle.pop().notify()

    def _nobody_works(self) -> bool:
        """Whether all who are at something are stuck in it."""
        stuck = time.monotonic() - self._patience
        return all(since <= stuck for since in self._since.values())

    def _watch(self) -> None:
        """While something waits, look every now and then whether who works is stuck."""
        while self._left.wait() and not self._ended.wait(self._patience):
            with self.lock:
                if self.queue:
                    self._look()
                else:
                    self._left.clear()
