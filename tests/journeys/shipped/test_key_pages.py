"""Every key page, wide and narrow, light and dark: axe finds nothing grave, nothing is wider than
the screen, and on a phone a thumb hits the buttons."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.shipped.conftest import WIDE, Opens
from tests.journeys.shipped.demo import Site
from tests.journeys.shipped.pages import PAGES, KeyPage

NARROW = {"width": 390, "height": 844}
GRAVE = ("serious", "critical")
THUMB = 40  # pixels
_AXE = """async ([only, grave]) => {
  const told = await axe.run(document, {
    resultTypes: ["violations"], ...(only.length ? { runOnly: only } : {}),
  });
  return told.violations.filter((one) => grave.includes(one.impact)).map(
    (one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`,
  );
}"""
_WIDER = "document.scrollingElement.scrollWidth - innerWidth"
_SMALL = """(least) => [...document.querySelectorAll(
    "main .button.primary:not(.slim), .top .top-button, .nav-button"
  )].filter((one) => one.checkVisibility())
  .map((one) => [one.textContent.trim() || one.className, one.getBoundingClientRect()])
  .filter(([, box]) => box.height < least || box.width < least)
  .map(([text, box]) => `${text}: ${Math.round(box.width)}x${Math.round(box.height)}`)"""


def found(page: Any, *only: str) -> list[str]:
    """What axe finds grave on the page as it stands; `only` some of its rules."""
    told: list[str] = page.evaluate(_AXE, [only, GRAVE])
    return told


@pytest.mark.parametrize("key", PAGES, ids=lambda key: key.name)
def test_a_key_page_serves_everybody(key: KeyPage, opens: Opens, site: Site, axe: str) -> None:
    page = opens(key.who)
    key.open(page, site)
    page.evaluate(axe)

    faults: dict[tuple[int, str], list[str]] = {}
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        for scheme, only in (("light", ()), ("dark", ("color-contrast",))):
            page.emulate_media(color_scheme=scheme)
            faults[size["width"], scheme] = found(page, *only)

    assert {at: told for at, told in faults.items() if told} == {}
    assert page.evaluate(_WIDER) <= 0
    assert page.evaluate(_SMALL, THUMB) == []


def test_what_serves_nobody_is_found(opens: Opens, site: Site, axe: str) -> None:
    page = opens("", viewport=NARROW)
    PAGES[0].open(page, site)
    page.evaluate(axe)
    assert found(page) == []

    page.evaluate("document.getElementById('login').labels[0].remove()")
    page.evaluate("document.querySelector('.lead').style.color = '#ccc'")
    page.evaluate("document.querySelector('main .primary').style.minHeight = '20px'")
    page.evaluate("document.querySelector('.lead').style.width = '800px'")

    assert {one.split(":")[0] for one in found(page)} == {"color-contrast", "label"}
    assert page.evaluate(_WIDER) > 0
    assert len(page.evaluate(_SMALL, THUMB)) == 1
