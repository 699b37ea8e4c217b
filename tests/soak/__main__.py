"""`python -m tests.soak`: crash runs by command; tells what was seen in JSON, ends 1 on a fault."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from kefu_admin.operations.desk import Desk
from tests.databases import DIALECTS, Databases
from tests.soak import kill_fork, plants
from tests.soak.deeds import DEEDS
from tests.soak.ground import furnish, soak_project


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    runs = parser.add_subparsers(dest="run", required=True)
    fork = runs.add_parser("kill_fork", help="R02: forked children killed at a statement or moment")
    fork.add_argument("--database", choices=DIALECTS, default="sqlite")
    fork.add_argument("--kills", type=int, default=3000)
    fork.add_argument("--seed", type=int, default=1)
    fork.add_argument("--plant", choices=sorted(plants.PLANTS), help="a fault it must find")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        return _fork(given, Path(directory))


def _fork(given: argparse.Namespace, directory: Path) -> int:
    databases = Databases(directory, "soak")
    try:
        project = soak_project(directory)
        store = databases.store(given.database, project, directory)
        if store is None:
            raise SystemExit(f"{given.database}: {databases.absent[given.database]}")
        started = time.monotonic()
        ground = furnish(Desk(project, store))
        plant, say = plants.PLANTS[given.plant] if given.plant else (None, None)
        verdict = kill_fork.run(
            ground, DEEDS, kills=given.kills, seed=given.seed, plant=plant, say=say
        )
        store.close()
    finally:
        databases.drop()
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


if __name__ == "__main__":
    sys.exit(main())
