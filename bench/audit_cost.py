"""What the audit book costs: eight writers changing records, with it and with a planted no-op.

`python -m bench.audit_cost [--database sqlite|postgresql|mariadb]`. Slices of one second with and
without follow each other while the sealer runs; the promise is that at least 75 % of the changes
per second are left. The no-op is planted in this bench's own processes only: the product has no
such switch.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from bench import databases
from kefu_admin.actor import Actor, system_actor
from kefu_admin.definitions.load import load
from kefu_admin.operations import records
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import Busy
from kefu_admin.store import accounts, audit, seal
from kefu_admin.store.apply import apply, plan
from kefu_admin.store.database import Store

PROJECT = Path(__file__).parent.parent / "tests" / "projects" / "small"
SECRET = b"a secret for benches, 32 bytes..."
WRITERS, RECORDS = 8, 20
PROMISE = 0.75


def main() -> int:
    """Prints what was measured and what is left; exit 1 when the promise is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.audit_cost")
    parser.add_argument("--database", choices=databases.DIALECTS, default="sqlite")
    parser.add_argument("--slices", type=int, default=20, help="of one second, half of each kind")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as directory,
        databases.made(given.database, Path(directory)) as url,
    ):
        actor, ids = _prepare(url, Path(directory))
        done = _measure(url, Path(directory), actor, ids, given.slices)
    # medians of slices: a foreign load of some seconds spoils a few of both kinds, not the ratio
    kept, planted = (statistics.median(done[is_kept]) for is_kept in (True, False))
    left = kept / planted
    print(
        json.dumps(
            {
                "database": given.database,
                "with_per_second": round(kept),
                "without_per_second": round(planted),
                "left": round(left, 3),
                "promised": PROMISE,
            }
        )
    )
    return 0 if left >= PROMISE else 1


def _prepare(url: str, directory: Path) -> tuple[Actor, list[list[int]]]:
    """Tables, one supervisor and a share of customers for each writer."""
    desk = _open(url, directory)
    store, now = desk.store, datetime.now(UTC)
    apply(store, plan(store), actor=system_actor("bench"), now=now)
    with store.transaction():
        place = accounts.create_department(
            store, name="一部", actor=system_actor("bench"), now=now, operation="bench"
        )
        one = accounts.create_person(
            store,
            login="bench",
            name="压测",
            password_hash="!",
            department_id=place.id,
            roles=frozenset({"supervisor"}),
            actor=system_actor("bench"),
            now=now,
            operation="bench",
        )
    actor = Actor(
        user_id=one.id,
        login=one.login,
        name=one.name,
        roles=one.roles,
        department_id=place.id,
        departments_below=frozenset({place.id}),
        clearance=2,
    )
    ids = [
        records.create_many(
            desk,
            "customer",
            [
                {"name": f"客户{writer}-{n}", "kind": "company", "secrecy": "internal"}
                for n in range(RECORDS)
            ],
            actor=actor,
            now=now,
        )
        for writer in range(WRITERS)
    ]
    store.close()
    return actor, ids


def _measure(
    url: str, directory: Path, actor: Actor, ids: list[list[int]], slices: int
) -> dict[bool, list[int]]:
    """Changes of all writers in each slice, by whether the audit book was kept in it.

    The same processes write all the time; only what they call to append lines changes, in the order
    with, without, without, with.
    """
    fork = multiprocessing.get_context("fork")
    begin, stop = fork.Barrier(WRITERS + 1), fork.Event()
    kept, counts = fork.Value("b", 1), fork.Array("q", WRITERS)
    processes = [
        fork.Process(
            target=_write, args=(url, directory, actor, own, begin, stop, kept, counts, place)
        )
        for place, own in enumerate(ids)
    ]
    processes.append(fork.Process(target=_seal, args=(url, directory, stop)))
    for process in processes:
        process.start()
    begin.wait()
    time.sleep(1)
    done: dict[bool, list[int]] = {True: [], False: []}
    for number in range(slices):
        is_kept = number % 4 in (0, 3)
        kept.value = is_kept
        time.sleep(0.05)  # changes under way end as they began
        before = sum(counts)
        time.sleep(1)
        done[is_kept].append(sum(counts) - before)
    stop.set()
    for process in processes:
        process.join()
    return done


def _write(url, directory, actor, ids, begin, stop, kept, counts, place) -> None:  # type: ignore[no-untyped-def]  # multiprocessing's proxies
    real = audit.append
    audit.append = lambda store, lines: real(store, lines) if kept.value else None
    desk = _open(url, directory)
    with desk.store.connection():
        versions = {
            id: desk.store.value('SELECT "version" FROM "customer" WHERE "id" = ?', (id,))
            for id in ids
        }
        begin.wait()
        done = 0
        while not stop.is_set():
            id = ids[done % len(ids)]
            raw = {"address": f"北京市朝阳区{place}路{done}号"}
            with suppress(Busy):
                versions[id] = records.change(
                    desk, "customer", id, versions[id], raw, actor=actor, now=datetime.now(UTC)
                ).version
                done += 1
                counts[place] = done
    desk.store.close()


def _seal(url, directory, stop) -> None:  # type: ignore[no-untyped-def]  # multiprocessing's proxies
    desk = _open(url, directory)
    while not stop.wait(1.0):
        with suppress(Busy):
            seal.seal(desk.store, owner=f"bench:{os.getpid()}", now=datetime.now(UTC))
    desk.store.close()


def _open(url: str, directory: Path) -> Desk:
    project = load(PROJECT)
    return Desk(project, Store.open(url, project, data_directory=directory, secret=SECRET))


if __name__ == "__main__":
    sys.exit(main())
