"""Quick search and global search of a desk with many customers, beside the raw driver.

`python -m bench search --rows N`. B = the raw driver's count and page with the owner's name for the
same two characters from the very index (only the pairs of name and address), plus a ready page of
the same size from bare Flask. Words by pinyin, a common word, a single character and global search
stand beside the same B.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from urllib.parse import urlencode

from bench.client import Answer, Client, one_client
from bench.raw import Raw
from bench.server import (
    FORM,
    Seeded,
    desk_server,
    free_port,
    hidden,
    running,
    seeded,
    signed_in,
)
from kefu_admin import shipped
from kefu_admin.definitions.load import load
from kefu_admin.store.search import tokens
from kefu_admin.store.search.index import SHIFT

WORD = "朝阳"
OTHERS = ("chaoyang", "cyq", "阳", "公司")
_PAGE = (
    "SELECT c.id, c.code, c.name, c.kind, c.phone, c.region, c.owner, c.department, c.created_at,"
    " u.name FROM customer c LEFT JOIN kefu_user u ON u.id = c.owner"
    " WHERE c.id IN (SELECT {row} - ? FROM kefu_search WHERE {holds})"
    " ORDER BY c.created_at DESC, c.id DESC LIMIT 50"
)
_HOLDS = {
    "sqlite": ("rowid", "kefu_search MATCH ?", " OR "),
    "postgresql": ("id", "grams @@ CAST(? AS tsquery)", " | "),
    "mariadb": ("id", "MATCH (grams) AGAINST (? IN BOOLEAN MODE)", " "),
}


def measure(url: str, directory: Path, *, rows: int, rounds: int, seconds: float) -> Iterator[dict]:
    """One line per word: ours, B and their ratio, the median of the rounds."""
    directory.mkdir(parents=True, exist_ok=True)
    desk = seeded(url, directory, rows)
    raw = Raw(url)
    raw.make_floor()
    raw.analyze()
    ours, floor = free_port(), free_port()
    kefu = str(Path(sys.executable).with_name("kefu"))
    plain = [sys.executable, "-m", "bench.floor", str(floor), url]
    with (
        running([kefu, "web"], ours, "/sign-in", desk_server(desk, ours)),
        running(plain, floor, "/page/10", {}),
    ):
        kept: dict[str, list[dict]] = {}
        for _ in range(rounds):
            for name, ask in _asks(ours, desk).items():
                size = len(ask().body)
                mine = one_client(ask, seconds=seconds, expect={200})
                line = _beside(raw, floor, mine, size, seconds)
                kept.setdefault(name, []).append(line)
    for name, lines in kept.items():
        middle = {key: statistics.median(line[key] for line in lines) for key in lines[0]}
        yield {"measure": name, "hits": _hits(raw), **middle}


def promise(dialect: str, rows: int) -> float:
    """How many B the list may take for the first word; 0 where nothing is promised."""
    beyond = {"sqlite": 3.5, "postgresql": 1.5}
    return 8.0 if rows <= 100_000 else beyond.get(dialect, 0.0)


def _asks(port: int, desk: Seeded) -> dict[str, Callable[[], Answer]]:
    """The questions by name: the list of customers for each word, and the box in the header."""
    panel = signed_in(port, desk)
    csrf = hidden(panel.ask("GET", "/records/customer/").body, "_csrf")
    asks: dict[str, Callable[[], Answer]] = {
        "list": partial(panel.ask, "GET", "/records/customer/")  # what the rest of a page costs
    }
    for word in (WORD, *OTHERS):
        sent = urlencode({"_csrf": csrf, "search": word})
        found = panel.ask("POST", "/records/customer/find", sent, FORM)
        asks[f"list {word}"] = partial(panel.ask, "GET", found.headers["location"])
    for word in (WORD, OTHERS[0]):
        sent = urlencode({"_csrf": csrf, "text": word})
        asks[f"everywhere {word}"] = partial(panel.ask, "POST", "/search/hits", sent, FORM)
    return asks


def _beside(raw: Raw, floor: int, mine: float, size: int, seconds: float) -> dict:
    client = Client(floor)
    page = one_client(lambda: client.ask("GET", f"/page/{size}"), seconds=seconds, expect={200})
    times = []
    for _ in range(20):
        started = time.perf_counter()
        _question(raw)
        times.append(time.perf_counter() - started)
    best = statistics.median(times) + page
    return {"ours_ms": mine * 1e3, "best_ms": best * 1e3, "ratio": mine / best, "bytes": size}


def _question(raw: Raw) -> None:
    """Count and first page of the word, as a competent programmer would ask the index."""
    _hits(raw)
    row, holds, _ = _HOLDS[raw.dialect]
    own, asked = _asked(raw)
    raw.rows(_PAGE.format(row=row, holds=holds), (own << SHIFT, asked))


def _hits(raw: Raw) -> int:
    """How many customers hold the word, up to what a list counts."""
    some = f"SELECT 1 FROM kefu_search WHERE {_HOLDS[raw.dialect][1]} LIMIT 10001"
    sql = f"SELECT COUNT(*) FROM ({some}) hits"
    return int(raw.rows(sql, (_asked(raw)[1],))[0][0])


@cache
def _asked(raw: Raw) -> tuple[int, str]:
    """The number of customers in the index, and the pair in name or address as it is asked for."""
    customer = load(shipped.config_directory()).types["customer"]
    own = int(raw.rows("SELECT id FROM kefu_search_type WHERE type = ?", ("customer",))[0][0])
    words = [
        tokens.pairs(WORD, tokens.prefix_of(customer, own, name))[0] for name in ("name", "address")
    ]
    return own, _HOLDS[raw.dialect][2].join(words)
