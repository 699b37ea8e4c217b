"""R15: events to receivers that are down, slow, redirect, refuse, answer 10 MB or are not trusted.

Customers are changed while all but two receivers fail; then all of them answer well. Senders are
killed before and after that. In the end every receiver has every event, those of a record in
order, signed, each under one id however often it came.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from kefu_admin import clock
from kefu_admin.operations import records
from kefu_admin.problems import Busy
from kefu_admin.store import deliveries, outbox
from kefu_admin.worker.receivers import signature, signing_key
from tests.soak.deeds.deed import customer
from tests.soak.ground import Ground
from tests.soak.listeners import GOOD, Listeners
from tests.soak.oracle import Verdict
from tests.soak.senders import Plant, Senders
from tests.worker.receiver import Heard

RECORDS = 20
BURSTS = 20  # in which the changes of an outage come
AFTER_BURSTS = 5  # and those made after it, for comparison
LONGEST_LULL = 3.0  # seconds between two of these
IN_OUTAGE_SHARE = 3  # one of so many kills comes before the receivers answer again
GOOD_SECONDS = 90  # until the good receivers have heard of all of an outage
LONGEST_LIFE = 0.5  # seconds of a sender that is killed while it works off what was left
PATIENCE_SECONDS = 900  # at pace 1, until everything has arrived
TAKEN = ("ok", "huge")

Event = tuple[str, int, int]  # type, record, version


@dataclass(slots=True)
class People:
    """Who changes customers, one after the other."""

    ground: Ground
    customers: Sequence[int]
    changes: int = 0
    us: list[int] = field(default_factory=list)  # what each change took, in microseconds

    def change(self, count: int) -> None:
        """That many changes in a row."""
        with self.ground.store.connection():
            for _ in range(count):
                version, place = divmod(self.changes, len(self.customers))
                began = time.perf_counter()
                records.change(
                    self.ground.desk,
                    "customer",
                    self.customers[place],
                    version + 1,
                    {"level": "ab"[version % 2]},
                    actor=self.ground.actor,
                    now=clock.now(),
                )
                self.us.append(round((time.perf_counter() - began) * 1_000_000))
                self.changes += 1

    def burst(self, count: int, lull: float) -> None:
        """That many, then so many seconds of none."""
        self.change(count)
        self.ground.store.release()
        time.sleep(lull)

    def p95(self, since: int) -> int:
        """Of the changes since that one."""
        return sorted(self.us[since:])[int((len(self.us) - since) * 0.95) - 1]


def run(
    ground: Ground,
    directory: Path,
    *,
    events: int,
    kills: int,
    outage: float,
    pace: int,
    seed: int,
    plant: Plant | None = None,
) -> Verdict:
    """That many changes, most of them in an outage of that many seconds; returns what was found."""
    chance, verdict = random.Random(seed), Verdict(again=0)
    burst = max(1, events // (BURSTS + AFTER_BURSTS))
    in_outage = kills // IN_OUTAGE_SHARE
    listeners = Listeners(directory)
    senders = Senders(ground, listeners, pace, plant)
    try:
        with ground.store.connection():
            people = People(
                ground, [customer(ground, f"C{number}")["id"] for number in range(RECORDS)]
            )
        _outage(people, senders, burst, outage, in_outage, verdict)
        verdict.seen["p95 us of a change in the outage"] = people.p95(0)
        listeners.recover()
        began = time.monotonic()
        for _ in range(kills - in_outage):
            time.sleep(chance.uniform(0, LONGEST_LIFE))
            senders.kill()
            senders.start()
        _drain(ground, max(60, PATIENCE_SECONDS // pace))
        verdict.seen["seconds until all had arrived"] = round(time.monotonic() - began)
        since = people.changes
        for _ in range(AFTER_BURSTS):
            people.burst(burst, min(outage / BURSTS, LONGEST_LULL))
        verdict.seen["p95 us of a change after it"] = people.p95(since)
        _drain(ground, max(60, PATIENCE_SECONDS // pace))
        verdict.seen["kills"] = kills
        _judge(ground, listeners.heard(), verdict)
    finally:
        senders.kill()
        listeners.close()
    return verdict


def _outage(
    people: People,
    senders: Senders,
    burst: int,
    seconds: float,
    kills: int,
    verdict: Verdict,
) -> None:
    """Changes at an even pace; the receivers that answer well are told of all of them meanwhile."""
    senders.start()
    killed_at = {BURSTS // 4 + number for number in range(kills)}
    for number in range(BURSTS):
        people.burst(burst, seconds / BURSTS)
        if number in killed_at:
            senders.kill()
            senders.start()
    written, until = _written(people.ground), time.monotonic() + GOOD_SECONDS
    people.ground.store.release()
    while True:
        heard = senders.listeners.heard()
        late = {name: len(written - {_event(one) for one in heard[name]}) for name in GOOD}
        if not any(late.values()) or time.monotonic() > until:
            break
        time.sleep(0.1)
    verdict.seen.update({f"in the outage to {name}": len(each) for name, each in heard.items()})
    verdict.faults += [f"{name} waited for others: {n} events" for name, n in late.items() if n]


def _drain(ground: Ground, seconds: float) -> None:
    """Wait until nothing is left to send."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.1)
        with suppress(Busy), ground.store.connection():
            if not _left(ground):
                return


def _left(ground: Ground) -> int:
    return outbox.backlog(ground.store)[0] + sum(deliveries.counts(ground.store).values())


def _written(ground: Ground) -> set[Event]:
    with ground.store.connection():
        rows = ground.store.rows('SELECT "type", "record_id", "version" FROM "kefu_outbox"')
    return {(str(type), int(record), int(version)) for type, record, version in rows}


def _event(one: Heard) -> Event:
    told = json.loads(one.body)
    return told["type"], told["record_id"], told["version"]


def _judge(ground: Ground, heard: Mapping[str, Sequence[Heard]], verdict: Verdict) -> None:
    wanted = _written(ground)
    verdict.seen["events"] = len(wanted)
    with ground.store.connection():
        if left := _left(ground):
            verdict.faults.append(f"{left} are still to be sent")
    pairs = {(_event(one), _id(one)) for each in heard.values() for one in each}
    ids = {id for _, id in pairs}
    if not len(pairs) == len(ids) == len(wanted):
        verdict.faults.append(f"{len(ids)} ids, {len(wanted)} events, {len(pairs)} pairs of them")
    for name, each in heard.items():
        taken = Counter(_event(one) for one in each if one.how in TAKEN)
        verdict.seen["taken"] += len(taken)
        verdict.seen["sent again after it was taken"] += taken.total() - len(taken)
        verdict.faults += [f"{name} never got {event}" for event in sorted(wanted - taken.keys())]
        verdict.faults += [f"{name} got {event}" for event in sorted(taken.keys() - wanted)]
        verdict.faults += _out_of_order(name, each)
        verdict.faults += _unsigned(ground, name, each)
    verdict.faults += ground.findings()


def _id(one: Heard) -> str:
    return one.headers["X-Kefu-Event-Id"]


def _out_of_order(name: str, heard: Sequence[Heard]) -> list[str]:
    """Records of which a receiver heard an older event after a newer one."""
    streams: dict[tuple[str, int], list[int]] = {}
    for type, record, version in map(_event, heard):
        streams.setdefault((type, record), []).append(version)
    return [
        f"{name} heard of {stream} in the order {versions}"
        for stream, versions in streams.items()
        if any(later < earlier for earlier, later in pairwise(versions))
    ]


def _unsigned(ground: Ground, name: str, heard: Sequence[Heard]) -> list[str]:
    key = signing_key(ground.store.secret, name)
    wrong = [
        one
        for one in heard
        if one.headers["X-Kefu-Signature"]
        != signature(key, one.headers["X-Kefu-Timestamp"], one.body)
    ]
    return [f"{name} could not tell that we sent {_event(one)}" for one in wrong]
