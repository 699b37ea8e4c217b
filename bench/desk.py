"""List, get, create and update through panel and API, beside bare Flask and raw SQL in one run.

L = the raw driver's time for the same question (count and a page of 50 with the owner's name) plus
a ready page of the same size from bare Flask. Every measure visits our server and the floor in
turn, several rounds; medians and ratios are printed.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from bench.client import Answer, Client, many_clients, one_client
from bench.raw import COLUMNS, Raw
from bench.server import (
    FORM,
    Seeded,
    desk_server,
    free_port,
    hidden,
    processor_seconds,
    running,
    seeded,
    signed_in,
)

PAGE = (
    "SELECT c.id, c.code, c.name, c.kind, c.phone, c.region, c.owner, c.department, c.created_at,"
    " u.name FROM customer c LEFT JOIN kefu_user u ON u.id = c.owner"
    " ORDER BY c.created_at DESC, c.id DESC LIMIT 50"
)
FIELDS = COLUMNS.replace(" ", "")
# measure, what the ratio is against, the promise of the issue
PROMISES = {
    "list": ("ratio to L, one client", "<=", 6.0),
    "create": ("share of bare Flask + raw SQL, 8 clients", ">=", 0.3),
    "update": ("share of bare Flask + raw SQL, 8 clients", ">=", 0.25),
}


def measure(
    url: str, directory: Path, *, rows: int, rounds: int, seconds: float, best: bool = False
) -> list[dict]:
    """One line per measure: what, ours, floor, ratio; the median of the rounds, or of each measure
    the best round."""
    directory.mkdir(parents=True, exist_ok=True)
    desk = seeded(url, directory, rows)
    raw = Raw(url)
    raw.make_floor()
    raw.analyze()
    raw.settle()
    ours, floor = free_port(), free_port()
    with (
        running(
            [str(Path(sys.executable).with_name("kefu")), "web"],
            ours,
            "/sign-in",
            desk_server(desk, ours),
        ) as pid,
        running(
            [sys.executable, "-m", "bench.floor", str(floor), url], floor, "/page/10", {}
        ) as floor_pid,
    ):
        bench = _Bench(desk, raw, (ours, pid), (floor, floor_pid), rows, seconds)
        kept: dict[str, list[dict]] = {}
        for _ in range(rounds):
            for name, one in bench.measures().items():
                kept.setdefault(name, []).append(one())
    return [
        {"measure": name, **(_best(lines) if best else _median(lines))}
        for name, lines in kept.items()
    ]


def _median(lines: list[dict]) -> dict:
    return {key: statistics.median(line[key] for line in lines) for key in lines[0]}


def _best(lines: list[dict]) -> dict:
    by_ratio = sorted(lines, key=lambda line: line["ratio"])
    return by_ratio[0] if "ours_ms" in lines[0] else by_ratio[-1]


class _Bench:
    def __init__(
        self,
        desk: Seeded,
        raw: Raw,
        ours: tuple[int, int],
        floor: tuple[int, int],
        rows: int,
        seconds: float,
    ) -> None:
        self.desk, self.raw, self.rows, self.seconds = desk, raw, rows, seconds
        self.ours, self.pid = ours
        self.floor, self.floor_pid = floor
        self.panel = signed_in(self.ours, desk)
        self.bearer = {"Authorization": f"Bearer {desk.bearer}"}

    def measures(self) -> dict[str, Callable[[], dict]]:
        """The measures in order."""
        return {
            "list": self.list,
            "get": self.get,
            "create": self.create,
            "update": self.update,
            "rest 50": lambda: self.rest(f"/api/v1/customer?limit=50&fields={FIELDS}", "/rest"),
            "rest 50 whole": lambda: self.rest("/api/v1/customer?limit=50", "/rest"),
            "rest one": lambda: self.rest("/api/v1/customer/{id}", "/rest/{id}"),
            "rest create": self.rest_create,
        }

    def list(self) -> dict:
        page = self.panel.ask("GET", "/records/customer/")
        mine = one_client(
            lambda: self.panel.ask("GET", "/records/customer/"),
            seconds=self.seconds,
            expect={200},
        )
        return self._beside_page(mine, len(page.body), self._raw_list)

    def get(self) -> dict:
        path = "/records/customer/{}"
        size = len(self.panel.ask("GET", path.format(1)).body)
        mine = one_client(
            lambda: self.panel.ask("GET", path.format(self._any())),
            seconds=self.seconds,
            expect={200},
        )
        sql = "SELECT * FROM customer WHERE id = ?"
        return self._beside_page(mine, size, lambda: self.raw.rows(sql, (self._any(),)))

    def create(self) -> dict:
        def make(number: int) -> Callable[[], Answer]:
            client = signed_in(self.ours, self.desk)
            form = client.ask("GET", "/records/customer/new")
            csrf, count = hidden(form.body, "_csrf"), iter(range(10**9))
            return lambda: client.ask(
                "POST",
                "/records/customer/new",
                urlencode({"_csrf": csrf, "key": _key(number, next(count)), **_form()}),
                FORM,
            )

        return self._beside_posts(make, "/create", {302, 303})

    def update(self) -> dict:
        def make(number: int) -> Callable[[], Answer]:
            client = signed_in(self.ours, self.desk)
            own = 1 + number * (self.rows // 8)
            form = client.ask("GET", f"/records/customer/{own}/edit")
            csrf, version = hidden(form.body, "_csrf"), int(hidden(form.body, "version"))
            versions = iter(range(version, 10**9))

            def ask() -> Answer:
                now = next(versions)
                body = {"_csrf": csrf, "key": _key(number, now), "version": now, **_form()}
                return client.ask("POST", f"/records/customer/{own}/edit", urlencode(body), FORM)

            return ask

        return self._beside_posts(make, f"/update/{self._any()}", {302, 303})

    def rest(self, path: str, floor: str) -> dict:
        def make(number: int) -> Callable[[], Answer]:
            client = Client(self.ours, self.bearer)
            return lambda: client.ask("GET", path.format(id=self._any()))

        def make_floor(number: int) -> Callable[[], Answer]:
            client = Client(self.floor)
            return lambda: client.ask("GET", floor.format(id=self._any()))

        return self._shares(make, make_floor, {200})

    def rest_create(self) -> dict:
        headers = {"Content-Type": "application/json"}

        def make(number: int) -> Callable[[], Answer]:
            client = Client(self.ours, {**self.bearer, **headers})
            return lambda: client.ask("POST", "/api/v1/customer", json.dumps(_values()))

        def make_floor(number: int) -> Callable[[], Answer]:
            client = Client(self.floor, headers)
            return lambda: client.ask("POST", "/create", json.dumps(_values()))

        return self._shares(make, make_floor, {201})

    def _any(self) -> int:
        return random.randint(1, self.rows)

    def _raw_list(self) -> None:
        self.raw.rows("SELECT COUNT(*) FROM customer")
        self.raw.rows(PAGE)

    def _beside_page(self, mine: float, size: int, question: Callable[[], object]) -> dict:
        client = Client(self.floor)
        page = one_client(
            lambda: client.ask("GET", f"/page/{size}"), seconds=self.seconds, expect={200}
        )
        times = []
        for _ in range(30):
            started = time.perf_counter()
            question()
            times.append(time.perf_counter() - started)
        limit = statistics.median(times) + page
        return {
            "ours_ms": mine * 1e3,
            "floor_ms": limit * 1e3,
            "ratio": mine / limit,
            "bytes": size,
        }

    def _beside_posts(
        self, make: Callable[[int], Callable[[], Answer]], path: str, expect: set[int]
    ) -> dict:
        def make_floor(number: int) -> Callable[[], Answer]:
            client = Client(self.floor)
            return lambda: client.ask("POST", path, urlencode(_values()), FORM)

        return self._shares(make, make_floor, expect)

    def _shares(
        self,
        make: Callable[[int], Callable[[], Answer]],
        make_floor: Callable[[int], Callable[[], Answer]],
        expect: set[int],
    ) -> dict:
        mine, mine_ms = self._loaded(self.pid, make, expect)
        limit, limit_ms = self._loaded(self.floor_pid, make_floor, expect)
        return {
            "ours_rps": mine,
            "floor_rps": limit,
            "ratio": mine / limit,
            "ours_cpu_ms": mine_ms,
            "floor_cpu_ms": limit_ms,
        }

    def _loaded(
        self, pid: int, make: Callable[[int], Callable[[], Answer]], expect: set[int]
    ) -> tuple[float, float]:
        """Requests per second of eight clients, and the server's processor time per request."""
        rate, spent = many_clients(
            make,
            clients=8,
            seconds=self.seconds,
            expect=expect,
            clock=lambda: processor_seconds(pid),
        )
        return rate, spent * 1e3


def _values() -> dict[str, str]:
    phone = f"160{random.randrange(10**8):08d}"
    return {"name": f"测试{random.randrange(10**9)}", "kind": "person", "phone": phone}


def _form() -> dict[str, str]:
    return {f"f.{name}": value for name, value in _values().items()}


def _key(number: int, count: int) -> str:
    return f"bench-{number}-{count}-{random.randrange(10**12)}"
