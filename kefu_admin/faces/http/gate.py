"""Some threads always stay free for reading, also while all who write wait for a lock (R13).

A server has a fixed number of threads; without the gate as many stuck writers would take them all
and nobody could even open a page. On SQLite, where only one can write anyway, those let in also
take turns until they commit: threads that reckon beside a transaction take the interpreter from it
after every statement, which costs all of them half as much time again. While one waits for the disk
the next one reckons.
"""

from __future__ import annotations

import threading
import time

from kefu_admin.problems import Busy

SPARE = 2  # threads kept for reading
_STUCK_SECONDS = 0.5  # nobody came in or out for so long: waiting helps nobody


class Gate:
    """Lets in `threads - 2` writing requests at a time (at least one); `inside` are in.

    With `turns` only one of them works at a time, the others wait inside; who commits passes the
    turn on. Nobody waits longer than `wait_seconds` in all.
    """

    def __init__(self, threads: int, *, turns: bool = False, wait_seconds: float = 4.0) -> None:
        self._places = max(1, threads - SPARE)
        self._turn = threading.Lock() if turns else None
        self._wait_seconds = wait_seconds
        self._mine = threading.local()
        self.inside = 0
        self._moved_at = time.monotonic()
        self._changed = threading.Condition()

    def enter(self, *, turn: bool = True) -> float:
        """Take a place, waiting while others come and go, then a turn unless `turn` is false.

        Returns:
            The seconds waited.

        Raises:
            Busy: all places are taken and those inside do not get on, or no turn in time.
        """
        began = time.monotonic()
        until = began + self._wait_seconds
        with self._changed:
            while self.inside >= self._places:
                left = min(until, self._moved_at + _STUCK_SECONDS) - time.monotonic()
                if left <= 0:
                    raise Busy
                self._changed.wait(left)
            self.inside += 1
            self._moved_at = time.monotonic()
        if turn and self._turn is not None:
            if not self._turn.acquire(timeout=max(0.0, until - time.monotonic())):
                self._step_out()
                raise Busy
            self._mine.turn = True
        return time.monotonic() - began

    def pass_on(self) -> None:
        """Give the turn back, if this thread has it: it is about to wait for the disk."""
        if getattr(self._mine, "turn", False):
            assert self._turn is not None
            self._mine.turn = False
            self._turn.release()

    def leave(self) -> None:
        """Give the place, and the turn, back."""
        self.pass_on()
        self._step_out()

    def _step_out(self) -> None:
        with self._changed:
            self.inside -= 1
            self._moved_at = time.monotonic()
            self._changed.notify()
