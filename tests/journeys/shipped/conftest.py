"""One furnished desk per process, and a page of somebody's browser for each test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.shipped.demo import ROOT, Site, demo_site

AXE = ROOT / "build" / "checks" / "axe.min.js"
WIDE = {"width": 1280, "height": 800}
Opens = Callable[..., Any]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The shipped desk with its demo data. Tests look; what they write must disturb nobody."""
    with demo_site(tmp_path_factory.mktemp("demo"), rows=40) as served:
        yield served


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core as `make build` fetched it."""
    if not AXE.is_file():
        why = f"{AXE.name}: not built; make build"
        if os.environ.get("KEFU_REQUIRE") == "all":
            pytest.fail(why)
        pytest.skip(why)
    return Path(AXE).read_text("utf-8")


@pytest.fixture
def opens(chromium: Any, site: Site) -> Iterator[Opens]:
    """Opens a fresh page as somebody: `opens("zhuguan")`; closed after the test."""
    contexts = []

    def open_(login: str, **options: Any) -> Any:
        context = site.context(chromium, login, **{"viewport": WIDE, **options})
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield open_
    for context in contexts:
        context.close()
