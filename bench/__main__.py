"""`python -m bench desk|smoke|load|schema|bulk|export|import|search`: see the package."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from bench import bulk, databases, export, importing, load, schema, search
from bench.desk import PROMISES, measure


def main() -> int:
    """Runs the asked bench; exit 1 when a promise is missed by more than the margin."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    what = ("desk", "smoke", "load", "schema", "bulk", "export", "import", "search")
    parser.add_argument("what", choices=what, nargs="?", default="desk")
    parser.add_argument("--database", choices=databases.DIALECTS, default="sqlite")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--margin", type=float, default=1.0, help="1.5 allows half as bad again")
    parser.add_argument("--customers", type=int, default=100_000, help="load: how many")
    parser.add_argument("--visits", type=int, default=150_000, help="load: how many")
    parser.add_argument("--keep", default="", metavar="URL", help="load: into this database")
    parser.add_argument("--beside", action="store_true", help="import: with a writer beside")
    given = parser.parse_args()
    if given.what == "load":
        return _load(given)
    if given.what == "schema":
        return _schema(given)
    if given.what == "search":
        return _search(given)
    if given.what == "bulk":
        return _bulk(given)
    if given.what == "import":
        return _import(given)
    if given.what == "export":
        with tempfile.TemporaryDirectory() as directory:
            line = export.measure(given.database, Path(directory), rows=given.rows)
        print(json.dumps(_rounded(line)))
        return 0
    if given.what == "smoke":
        given.rows, given.rounds, given.seconds, given.margin = 2_000, 2, 0.4, 3.0
    with (
        tempfile.TemporaryDirectory() as directory,
        databases.made(given.database, Path(directory)) as url,
    ):
        lines = measure(
            url,
            Path(directory) / "data",
            rows=given.rows,
            rounds=given.rounds,
            seconds=given.seconds,
            best=given.what == "smoke",  # noise only ever makes a round worse
        )
    missed = 0
    for line in lines:
        print(json.dumps(_rounded(line)))
        missed += _missed(line, given.margin)
    print(f"{given.database}, {given.rows} customers: {missed} promise(s) missed")
    return 1 if missed else 0


def _schema(given: argparse.Namespace) -> int:
    missed = 0
    with (
        tempfile.TemporaryDirectory() as directory,
        databases.made(given.database, Path(directory)) as url,
    ):
        for line in schema.measure(url, Path(directory) / "data", given.rows):
            print(json.dumps(_rounded(line)), flush=True)
            waited = line.get("most_ms", 0) if line["measure"] == schema.CARRYING else 0
            missed += bool(line.get("found")) or waited > schema.MOST_MS * given.margin
    print(f"{given.database}, {given.rows} customers: {missed} promise(s) missed")
    return 1 if missed else 0


def _bulk(given: argparse.Namespace) -> int:
    missed = 0
    with tempfile.TemporaryDirectory() as directory:
        for line in bulk.measure(given.database, Path(directory), rows=given.rows):
            print(json.dumps(_rounded(line)), flush=True)
            most_raw = bulk.MOST_RAW.get(line["measure"].removeprefix("bulk "))
            missed += most_raw is not None and line["run_raw"] > most_raw * given.margin
            missed += line.get("grown_mib", 0) > bulk.MOST_MIB * given.margin
            missed += line.get("most_ms", 0) > bulk.MOST_MS * given.margin
    print(f"{given.database}, {given.rows} customers: {missed} promise(s) missed")
    return 1 if missed else 0


def _import(given: argparse.Namespace) -> int:
    missed = 0
    with tempfile.TemporaryDirectory() as directory:
        for line in importing.measure(
            given.database, Path(directory), rows=given.rows, with_writer=given.beside
        ):
            print(json.dumps(_rounded(line)), flush=True)
            missed += line.get("raw", 1.0) < importing.LEAST_RAW / given.margin
            missed += line.get("grown_mib", 0) > importing.MOST_MIB * given.margin
    print(f"{given.database}, {given.rows} lines: {missed} promise(s) missed")
    return 1 if missed else 0


def _search(given: argparse.Namespace) -> int:
    missed = 0
    with (
        tempfile.TemporaryDirectory() as directory,
        databases.made(given.database, Path(directory)) as url,
    ):
        for line in search.measure(
            url,
            Path(directory) / "data",
            rows=given.rows,
            rounds=given.rounds,
            seconds=given.seconds,
        ):
            print(json.dumps(_rounded(line), ensure_ascii=False), flush=True)
            promised = search.promise(given.database, given.rows)
            is_promised = promised and line["measure"] == f"list {search.WORD}"
            missed += bool(is_promised) and line["ratio"] > promised * given.margin
    print(f"{given.database}, {given.rows} customers: {missed} promise(s) missed")
    return 1 if missed else 0


def _load(given: argparse.Namespace) -> int:
    line: dict = {}
    with tempfile.TemporaryDirectory() as directory:
        for line in load.measure(
            given.database,
            Path(directory),
            customers=given.customers,
            visits=given.visits,
            keep=given.keep,
        ):
            print(json.dumps(_rounded(line)), flush=True)
    promised = line["promised_minutes"]
    return 1 if promised and line["minutes_for_2_5_million"] > promised * given.margin else 0


def _rounded(line: dict) -> dict:
    return {k: round(v, 3) if isinstance(v, float) else v for k, v in line.items()}


def _missed(line: dict, margin: float) -> bool:
    promise = PROMISES.get(line["measure"])
    if promise is None:
        return False
    what, direction, figure = promise
    good = (
        line["ratio"] <= figure * margin if direction == "<=" else line["ratio"] >= figure / margin
    )
    if not good:
        print(f"  missed: {what} {direction} {figure}", file=sys.stderr)
    return not good


if __name__ == "__main__":
    sys.exit(main())
