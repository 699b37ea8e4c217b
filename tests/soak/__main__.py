"""`python -m tests.soak`: crash runs by command; tells what was seen in JSON, ends 1 on a fault."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from kefu_admin.definitions.project import Project
from kefu_admin.operations.desk import Desk
from tests.databases import DIALECTS, SECRET, Databases, lay, opened
from tests.soak import (
    crash_points,
    kill_fork,
    kill_real,
    kill_server,
    plants,
    power_cut,
    receivers,
    schema_kills,
    senders,
    workers,
)
from tests.soak.deeds import DEEDS, POINTED, SINGLE
from tests.soak.ground import Ground, furnish, soak_project
from tests.soak.oracle import Verdict


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    runs = parser.add_subparsers(dest="run", required=True)
    fork = runs.add_parser("kill_fork", help="R02: forked children killed at a statement or moment")
    fork.add_argument("--kills", type=int, default=3000)
    real = runs.add_parser("kill_real", help="R01: web and worker killed while people work")
    real.add_argument("--kills", type=int, default=200)
    points = runs.add_parser("crash_points", help="R03: every system call of a deed on SQLite")
    points.add_argument("--every", type=int, default=1, help="of the database's writes each n-th")
    power = runs.add_parser("power_cut", help="R04: the power cut while SQLite writes, on paper")
    power.add_argument("--cuts", type=int, default=200)
    power.add_argument("--each", type=int, default=6, help="of every deed so many")
    power.add_argument("--plant", choices=sorted(power_cut.PLANTS), help="a fault it must find")
    server = runs.add_parser("kill_server", help="R05: the database server killed under load")
    server.add_argument("--kills", type=int, default=20)
    server.add_argument("--database", choices=sorted(kill_server.SERVERS), default="postgresql")
    schema = runs.add_parser("schema", help="R20: a change of many rows killed, and the way back")
    schema.add_argument("--kills", type=int, default=60)
    schema.add_argument("--rows", type=int, default=1_000_000)
    schema.add_argument("--plant", choices=sorted(schema_kills.PLANTS), help="a fault to find")
    crowd = runs.add_parser("workers", help="R12: workers on one queue, killed and stopped")
    crowd.add_argument("--jobs", type=int, default=300)
    crowd.add_argument("--kills", type=int, default=40)
    crowd.add_argument("--database", choices=DIALECTS, default="sqlite")
    crowd.add_argument("--plant", choices=sorted(workers.PLANTS), help="a fault it must find")
    hooks = runs.add_parser("receivers", help="R15: receivers that fail for an hour")
    hooks.add_argument("--events", type=int, default=1000)
    hooks.add_argument("--kills", type=int, default=3)
    hooks.add_argument("--outage", type=float, default=3600, help="seconds")
    hooks.add_argument("--pace", type=int, default=1, help="how much faster senders' clocks go")
    hooks.add_argument("--plant", choices=sorted(senders.PLANTS), help="a fault it must find")
    for one in (fork, real, power, server, schema, crowd, hooks):
        one.add_argument("--seed", type=int, default=1)
    for one in (fork, real, points, power, schema, hooks):
        one.add_argument("--database", choices=DIALECTS, default="sqlite")
    for one in (fork, real, points):
        one.add_argument("--plant", choices=sorted(plants.PLANTS), help="a fault it must find")
    given = parser.parse_args(arguments)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        verdict = _run(given, Path(directory))
    summary = {
        "run": given.run,
        "database": given.database,
        "seconds": round(time.monotonic() - started, 1),
        "faults": len(verdict.faults),
        "found": verdict.faults[:20],
        "seen": dict(sorted(verdict.seen.items())),
    }
    print(json.dumps(summary, ensure_ascii=False))
    return 1 if verdict.faults else 0


def _run(given: argparse.Namespace, directory: Path) -> Verdict:
    """On a database of its own, dropped at the end."""
    databases = Databases(directory, "soak")
    data = directory / "data"
    data.mkdir(mode=0o700)
    project = soak_project(directory)
    if given.run == "kill_server":
        return _server(given, directory, project)
    try:
        if given.run == "schema":
            return _schema(given, databases, data)
        store = databases.store(given.database, project, data)
        if store is None:
            raise SystemExit(f"{given.database}: {databases.absent[given.database]}")
        ground = furnish(Desk(project, store))
        verdict = RUNS[given.run](given, directory, ground)
        ground.store.close()
    finally:
        databases.drop()
    return verdict


def _server(given: argparse.Namespace, directory: Path, project: Project) -> Verdict:
    server = kill_server.SERVERS[given.database](directory)
    try:
        server.start()
        store = opened(server.url, project, directory / "data")
        with store.connection():
            lay(store)
        ground = furnish(Desk(project, store))
        verdict = kill_server.run(ground, server, kills=given.kills, seed=given.seed)
        store.close()
    finally:
        server.kill()
    return verdict


def _fork(given: argparse.Namespace, directory: Path, ground: Ground) -> Verdict:
    plant, say = plants.PLANTS[given.plant] if given.plant else (None, None)
    deeds = SINGLE if given.plant else DEEDS  # a batch breaks where its audit line is missing
    return kill_fork.run(ground, deeds, kills=given.kills, seed=given.seed, plant=plant, say=say)


def _schema(given: argparse.Namespace, databases: Databases, data: Path) -> Verdict:
    url = f"sqlite:///{data / 'schema.db'}"
    if given.database != "sqlite":
        served = databases.url(given.database)
        if served is None:
            raise SystemExit(f"{given.database}: {databases.absent[given.database]}")
        url = served
    return schema_kills.run(
        url,
        data,
        rows=given.rows,
        kills=given.kills,
        seed=given.seed,
        plant=given.plant or "",
    )


def _real(given: argparse.Namespace, directory: Path, ground: Ground) -> Verdict:
    secret = directory / "secret"
    secret.write_bytes(SECRET)
    product = kill_real.Product(directory, ground.store.url, secret, given.plant or "")
    return kill_real.run(ground, product, kills=given.kills, seed=given.seed)


def _points(given: argparse.Namespace, directory: Path, ground: Ground) -> Verdict:
    if why := crash_points.absent():
        raise SystemExit(why)
    plant = plants.PLANTS[given.plant][0] if given.plant else None
    return crash_points.run(ground, POINTED, every=given.every, plant=plant)


def _power(given: argparse.Namespace, directory: Path, ground: Ground) -> Verdict:
    if why := crash_points.absent():
        raise SystemExit(why)
    pragma = power_cut.PLANTS[given.plant] if given.plant else ""
    return power_cut.run(
        ground, POINTED[:3], each=given.each, cuts=given.cuts, seed=given.seed, pragma=pragma
    )


def _workers(given: argparse.Namespace, directory: Path, ground: Ground) -> Verdict:
    plant = workers.PLANTS[given.plant] if given.plant else None
    return workers.run(ground, count=given.jobs, kills=given.kills, seed=given.seed, plant=plant)


def _receivers(given: argparse.Namespace, directory: Path, ground: Ground) -> Verdict:
    return receivers.run(
        ground,
        directory,
        events=given.events,
        kills=given.kills,
        outage=given.outage,
        pace=given.pace,
        seed=given.seed,
        plant=senders.PLANTS[given.plant] if given.plant else None,
    )


RUNS: dict[str, Callable[[argparse.Namespace, Path, Ground], Verdict]] = {
    "kill_fork": _fork,
    "kill_real": _real,
    "crash_points": _points,
    "power_cut": _power,
    "workers": _workers,
    "receivers": _receivers,
}


if __name__ == "__main__":
    sys.exit(main())
