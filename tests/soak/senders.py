"""Senders of events that are killed, their clocks made faster, and the faults planted into them."""

from __future__ import annotations

import os
import secrets
import signal
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Never

from kefu_admin import settings
from kefu_admin.store import deliveries
from kefu_admin.store.deliveries import Delivery, sending
from kefu_admin.worker import outgoing
from kefu_admin.worker.delivery import Sender
from kefu_admin.worker.jobs import new_owner
from kefu_admin.worker.receivers import receivers
from tests.soak.ground import Ground
from tests.soak.listeners import Listeners

Plant = Callable[[], None]


@dataclass(slots=True)
class Senders:
    """One after the other, each in a process of its own. `pace`: how many times faster their
    clocks go."""

    ground: Ground
    listeners: Listeners
    pace: int
    plant: Plant | None
    pid: int = 0

    def start(self) -> None:
        """The parent holds no connection meanwhile."""
        self.ground.store.close()
        self.pid = os.fork()
        if not self.pid:
            self._live()

    def kill(self) -> None:
        """End it without a word."""
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def _live(self) -> Never:
        try:
            os.environ["SSL_CERT_FILE"] = str(self.listeners.trusted)
            self._hasten()
            if self.plant is not None:
                self.plant()
            urls = ",".join(f"{name}={url}" for name, url in self.listeners.urls.items())
            desk, here = self.ground.desk, settings.read({"KEFU_WEBHOOKS": urls})
            Sender(
                desk,
                receivers(here, desk.store.secret, desk.project),
                owner=new_owner(),
                monotonic=lambda: time.monotonic() * self.pace,
            ).run(threading.Event(), wait=lambda seconds: time.sleep(seconds / self.pace))
        except BaseException:  # nothing may return into the parent's code
            traceback.print_exc()
        finally:
            os._exit(1)

    def _hasten(self) -> None:
        pace = self.pace
        outgoing.post = partial(  # type: ignore[assignment]
            outgoing.post, all_seconds=outgoing.ALL_SECONDS / pace
        )
        deliveries.claim = partial(  # type: ignore[assignment]
            deliveries.claim, lease_ms=sending.LEASE_MS // pace
        )
        sending.LEASE_MS //= pace
        sending.HANDING_MS //= pace
        sending._BACK_OFF_SECONDS = tuple(one // pace for one in sending._BACK_OFF_SECONDS)  # type: ignore[assignment]


# planted faults


def kept_before_sent() -> None:
    """An event counts as sent before it is."""

    def send(self: Sender, one: Delivery) -> None:
        self._keep(one)
        with suppress(outgoing.NotSent):
            real(self, one)

    real = Sender._send
    Sender._send = send  # type: ignore[method-assign]


def no_order() -> None:
    """An event does not wait for those before it on the same record."""

    class Nothing(set[sending.Stream]):
        def __contains__(self, _: object) -> bool:
            return False

    sending._open_streams = lambda *_: Nothing()  # type: ignore[assignment]


def another_id() -> None:
    """Every sending has an id of its own."""
    deliveries.event_reference = lambda *_: secrets.token_hex(16)  # type: ignore[assignment]


PLANTS: dict[str, Plant] = {
    "kept_before_sent": kept_before_sent,
    "no_order": no_order,
    "another_id": another_id,
}
