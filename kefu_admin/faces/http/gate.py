"""Some threads always stay free for reading, also while all who write wait for a lock (R13).

A server has a fixed number of threads; without the gate as many stuck writers would take them all
and nobody could even open a page. Who hashes a password is not stuck, however long it takes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from kefu_admin.problems import Busy

SPARE = 2  # threads kept for reading
_STUCK_SECONDS = 0.5  # nobody came in or out for so long: waiting helps nobody


class Gate:
    """Lets in `threads - 2` writing requests at a time (at least one); `inside` are in.

    Nobody waits longer than `wait_seconds`.

    Args:
        get_on: whether somebody inside is at work that takes long, so that waiting is worth it.
    """

    def __init__(
        self,
        threads: int,
        *,
        wait_seconds: float = 4.0,
        get_on: Callable[[], bool] = lambda: False,
    ) -> None:
        self._places = max(1, threads - SPARE)
        self._wait_seconds = wait_seconds
        self._get_on = get_on
        self.inside = 0
        self._moved_at = time.monotonic()
        self._changed = threading.Condition()

    def enter(self) -> float:
        """Take a place, waiting while others come and go.

        Returns:
            The seconds waited.

        Raises:
            Busy: all places are taken and those inside do not get on.
        """
        began = time.monotonic()
        until = began + self._wait_seconds
        with self._changed:
            while self.inside >= self._places:
                ends = until if self._get_on() else min(until, self._moved_at + _STUCK_SECONDS)
                left = ends - time.monotonic()
                if left <= 0:
                    raise Busy
                self._changed.wait(left)
            self.inside += 1
            self._moved_at = time.monotonic()
        return time.monotonic() - began

    def leave(self) -> None:
        """Give the place back."""
        with self._changed:
            self.inside -= 1
            self._moved_at = time.monotonic()
            self._changed.notify()
