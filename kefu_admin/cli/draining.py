"""Ending or renewing the web server without losing a request.

To drain is to accept no more connections, to answer everything that was asked, with `Connection:
close`, and to wait until every connection is quiet. Who connects meanwhile waits in the listening
socket, which a renewed process takes over: nobody is refused, the process keeps its number.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel

from kefu_admin.cli.renewing import renew

log = logging.getLogger("kefu_admin.serving")

SOCKET = "KEFU_LISTEN_FD"  # number of the listening socket a renewed process takes over
QUIET_SECONDS = 0.5  # how long a connection says nothing before it counts as done
MOST_SECONDS = 60.0  # an answer that takes longer is cut off
_STEP_SECONDS = 0.02


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress is not typed for us
    """A connection that ends after its answer once the server drains."""

    def service(self) -> None:
        """Answer what was asked."""
        if not self.server.accepting:
            for request in self.requests:
                request.headers["CONNECTION"] = "close"
        super().service()


class Draining:
    """How one server ends.

    Args:
        server: of waitress, whose connections are `Channel`s.
        listening: its socket, handed on to a renewed process.
        may_renew: False keeps the old process: the new one could not start, and it has said why.
        ending: what else has to end before the process is renewed.
    """

    def __init__(
        self,
        server: Any,
        listening: socket.socket,
        *,
        may_renew: Callable[[], bool],
        ending: Callable[[], None],
    ) -> None:
        self._server, self._listening = server, listening
        self._may_renew, self._ending = may_renew, ending
        self._begun = threading.Lock()

    def renew(self) -> None:
        """Replace this process by a fresh one of the same command; at once done, or under way."""
        if self._begun.acquire(blocking=False):
            threading.Thread(target=self._renew, name="renew", daemon=True).start()

    def stop(self) -> None:
        """Let `server.run()` return once everything is answered."""
        if self._begun.acquire(blocking=False):
            threading.Thread(target=self._stop, name="stop", daemon=True).start()

    def _renew(self) -> None:
        if not self._may_renew():
            self._begun.release()
            return
        self._drain()
        self._ending()
        self._listening.set_inheritable(True)
        os.environ[SOCKET] = str(self._listening.fileno())
        renew()

    def _stop(self) -> None:
        self._drain()
        self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._server._map))

    def _drain(self) -> None:
        """Wait until nothing is asked or answered any more."""
        self._server.trigger.pull_trigger(lambda: setattr(self._server, "accepting", False))
        until = time.monotonic() + MOST_SECONDS
        while time.monotonic() < until:
            time.sleep(_STEP_SECONDS)
            if not self._server.accepting and not any(
                map(_is_busy, list(self._server.active_channels.values()))
            ):
                return
        log.warning("some requests were still running after %d s and are cut off", MOST_SECONDS)


def inherited() -> socket.socket | None:
    """The listening socket of the process this one renews, None for a first start."""
    number = os.environ.pop(SOCKET, "")
    if not number:
        return None
    taken = socket.socket(fileno=int(number))
    taken.set_inheritable(False)
    return taken


def _is_busy(channel: Any) -> bool:
    """Whether a request is asked, half sent, answered just now, or may follow at once."""
    if channel.requests or channel.request is not None or channel.total_outbufs_len:
        return True
    return bool(time.time() - channel.last_activity < QUIET_SECONDS)
