"""Some threads always stay free for reading, also while all who write wait for a lock (R13).

A server has a fixed number of threads; without the gate as many stuck writers would take them all
and nobody could even open a page.
"""

from __future__ import annotations

import threading
import time

from kefu_admin.problems import Busy

SPARE = 2  # threads kept for reading
_STUCK_SECONDS = 0.5  # nobody came in or out for so long: waiting helps nobody
_WAIT_SECONDS = 4.0


class Gate:
    """Lets in `threads - 2` writing requests at a time (at least one); `inside` are in."""

    def __init__(self, threads: int) -> None:
        self._places = max(1, threads - SPARE)
        self.inside = 0
        self._moved_at = time.monotonic()
        self._changed = threading.Condition()

    def enter(self) -> None:
        """Take a place, waiting while others come and go.

        Raises:
            Busy: all places are taken, and those inside do not get on.
        """
        until = time.monotonic() + _WAIT_SECONDS
        with self._changed:
            while self.inside >= self._places:
                left = min(until, self._moved_at + _STUCK_SECONDS) - time.monotonic()
                if left <= 0:
                    raise Busy
                self._changed.wait(left)
            self.inside += 1
            self._moved_at = time.monotonic()

    def leave(self) -> None:
        """Give the place back."""
        with self._changed:
            self.inside -= 1
            self._moved_at = time.monotonic()
            self._changed.notify()
