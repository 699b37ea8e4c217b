"""Sending events: hand on from the outbox, take one, send it outside any transaction, keep the end.

Sent at least once: when the process ends between sending and keeping, the event is sent again under
the same id. A receiver that cannot be reached is left alone for a while, so that its backlog costs
one try at a time and the others go on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from kefu_admin import clock
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import Busy
from kefu_admin.store import deliveries
from kefu_admin.store.deliveries import Delivery
from kefu_admin.worker.jobs import ChunkTold, nobody, place_of
from kefu_admin.worker.outgoing import NotSent
from kefu_admin.worker.receivers import Receiver, Told

log = logging.getLogger("kefu_admin.worker.delivery")

POLL_SECONDS = 1.0
_AWAY_SECONDS = 5.0
_PAUSES = (1.0, 4.0, 16.0, 64.0, 256.0)


class Sender:
    """Sends to the receivers of one process, and remembers which of them answer nobody now."""

    def __init__(
        self,
        desk: Desk,
        receivers: Mapping[str, Receiver],
        *,
        owner: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.desk = desk
        self.receivers = receivers
        self.owner = owner
        self._monotonic = monotonic
        self._failures: dict[str, int] = {}
        self._paused_until: dict[str, float] = {}

    def run(
        self,
        stop: threading.Event,
        *,
        wait: Callable[[float], object],
        chunk_told: ChunkTold = nobody,
    ) -> None:
        """Send until told to stop, which is heard between two events."""
        while not stop.is_set():
            try:
                worked = self.one(chunk_told=chunk_told)
            except Busy:
                log.warning("the database does not answer; sending again later")
                stop.wait(_AWAY_SECONDS)
                continue
            if not worked:
                self.desk.store.release()
                wait(POLL_SECONDS)
        self.desk.store.release()

    def one(self, *, chunk_told: ChunkTold = nobody) -> bool:
        """Hand on what is new and send one event; False when nothing is due."""
        store = self.desk.store
        if deliveries.milliseconds_until_due(store) != 0:
            return False

        def take() -> tuple[int, Delivery | None]:
            with store.transaction():
                handed = deliveries.hand_on(
                    store,
                    {name: receiver.types for name, receiver in self.receivers.items()},
                    owner=self.owner,
                    now=clock.now(),
                )
            with store.transaction():
                return handed, deliveries.claim(store, paused=self.paused())

        handed, delivery = store.retrying(take)
        if delivery is None:
            return handed > 0
        chunk_told(True)
        try:
            self._send(delivery)
        finally:
            chunk_told(False)
        return True

    def paused(self) -> tuple[str, ...]:
        """Receivers left alone just now."""
        now = self._monotonic()
        return tuple(name for name, until in self._paused_until.items() if until > now)

    def _send(self, delivery: Delivery) -> None:
        receiver = self.receivers.get(delivery.receiver)
        if receiver is None:
            self._failed(delivery, {"code": "receiver_gone"}, final=True)
            return
        told = Told(
            id=deliveries.event_reference(self.desk.store, delivery),
            event=delivery.event,
            type=delivery.type,
            record_id=delivery.record_id,
            version=delivery.version,
            at=delivery.at,
        )
        self.desk.store.release()  # no connection is held while the world outside takes its time
        try:
            receiver.tell(told)
        except NotSent as error:
            self._pause(delivery.receiver)
            self._failed(delivery, {"code": error.code, **error.facts})
        except Exception as error:
            log.exception("the receiver '%s' failed", delivery.receiver)
            self._pause(delivery.receiver)
            self._failed(
                delivery,
                {"code": "job_raised", "error": type(error).__name__, "at": place_of(error)},
            )
        else:
            self._failures.pop(delivery.receiver, None)
            self._keep(delivery)

    def _pause(self, name: str) -> None:
        failures = self._failures[name] = self._failures.get(name, 0) + 1
        pause = _PAUSES[min(failures, len(_PAUSES)) - 1]
        self._paused_until[name] = self._monotonic() + pause

    def _keep(self, delivery: Delivery) -> None:
        store = self.desk.store

        def unit() -> None:
            with store.transaction():
                deliveries.sent(store, delivery, now=clock.now())

        store.retrying(unit)

    def _failed(self, delivery: Delivery, fault: Mapping[str, Any], *, final: bool = False) -> None:
        store = self.desk.store

        def unit() -> bool:
            with store.transaction():
                return deliveries.failed(store, delivery, fault, final=final)

        if store.retrying(unit):
            log.error(
                "event %d for '%s' is parked: %s", delivery.event_id, delivery.receiver, fault
            )
