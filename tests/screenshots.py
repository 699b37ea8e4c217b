"""Pictures of the key pages at three widths, light and dark: `python -m tests.screenshots`.

Look at them after any change of theme or page; nothing compares them. The desk is the shipped one
with its demo data, in a directory of its own that goes when the pictures are taken.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.journeys.shipped.demo import Site, demo_site
from tests.journeys.shipped.pages import PAGES, KeyPage
from tests.serving import chromium_path, launched

WIDTHS = (1440, 1024, 390)
HEIGHTS = {1440: 900, 1024: 768, 390: 844}


def main() -> int:
    """Take them; returns 2 for a page of another name, 1 where there is no Chromium."""
    given = _parsed()
    wanted = [page for page in PAGES if not given.pages or page.name in given.pages]
    if len(wanted) < len(given.pages):
        print("pages:", " ".join(page.name for page in PAGES))
        return 2
    if chromium_path() is None:
        print("chromium: not installed")
        return 1
    given.to.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="kefu-pictures-") as home,
        demo_site(Path(home)) as site,
        sync_playwright() as playwright,
        launched(playwright) as browser,
    ):
        for page in wanted:
            for width in given.width or WIDTHS:
                _taken(browser, site, page, width, given)
    print(given.to)
    return 0


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--to", type=Path, default=Path("build/screenshots"))
    parser.add_argument("--locale", choices=("zh", "en"), default="zh")
    parser.add_argument("--width", type=int, action="append", help="one of them; may be repeated")
    parser.add_argument("--light", action="store_true", help="no dark ones")
    parser.add_argument("pages", nargs="*", metavar="page", help="names of key pages; all if none")
    return parser.parse_args()


def _taken(browser: Any, site: Site, key: KeyPage, width: int, given: argparse.Namespace) -> None:
    size = {"width": width, "height": HEIGHTS.get(width, 900)}
    context = site.context(browser, key.who, locale=given.locale, viewport=size)
    page = context.new_page()
    key.open(page, site)
    for scheme in ("light", "dark")[: 1 if given.light else 2]:
        page.emulate_media(color_scheme=scheme)
        name = f"{key.name}-{width}-{scheme}-{given.locale}.png"
        page.screenshot(path=str(given.to / name), full_page=True)
    context.close()


if __name__ == "__main__":
    sys.exit(main())
