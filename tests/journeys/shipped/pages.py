"""The key pages: where each is, who opens it, and what is done on it first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.journeys.shipped.demo import ADMIN, BOSS, CLERK, Site

Steps = Callable[[Any], None]


@dataclass(frozen=True)
class KeyPage:
    """One page; `path` may name the site's ids, `steps` are done once it is open."""

    name: str
    path: str
    who: str = BOSS
    steps: Steps | None = None
    scripted: bool = True

    def open(self, page: Any, site: Site) -> None:
        """Go there and wait until scripts have started; a fault of the page fails."""
        answer = page.goto(site.address + self.path.format(**site.ids))
        assert answer.status < 500, (self.name, answer.status)
        if self.scripted:
            page.locator("html.scripted").wait_for(state="attached")
        if self.steps is not None:
            self.steps(page)


def _ask(page: Any) -> None:
    page.fill("main [name='text']", "客")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")


def _find_nothing(page: Any) -> None:
    page.fill("[data-search]", "没有这样的人")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")


def _choose(page: Any) -> None:
    for box in page.locator("[data-tick]").all()[:3]:
        box.check()
    page.locator("[data-bulk] button", has_text="批量改派").or_(
        page.locator("[data-bulk] button", has_text="Reassign")
    ).first.click()
    page.wait_for_url("**/batches/of/customer")


def _refuse(page: Any) -> None:
    page.locator("main button.primary").last.click()
    page.locator("main [role=alert], main .field-error").first.wait_for()


def _mistype(page: Any) -> None:
    page.fill("#login", "zhuanyuan")
    page.fill("#password", "wrong")
    page.locator("main button.primary").click()
    page.locator("[role=alert]").wait_for()


def _shorten(page: Any) -> None:
    """Every type has the same section: two tell as much as all, in a tenth of the time."""
    page.evaluate(
        "[...document.querySelectorAll('main > section')].slice(2).map((s) => s.remove())"
    )


PAGES = (
    KeyPage("sign-in", "/sign-in", ""),
    KeyPage("sign-in-refused", "/sign-in", "", _mistype),
    KeyPage("home", "/"),
    KeyPage("home-clerk", "/", CLERK),
    KeyPage("home-admin", "/", ADMIN),
    KeyPage("list", "/records/customer/"),
    KeyPage("list-empty", "/records/customer/", steps=_find_nothing),
    KeyPage("detail", "/records/customer/{customer}"),
    KeyPage("form", "/records/customer/{customer}/edit"),
    KeyPage("form-refused", "/records/complaint/new", steps=_refuse),
    KeyPage("delete", "/records/customer/{customer}/delete"),
    KeyPage("history", "/records/customer/{customer}/history"),
    KeyPage("export", "/records/customer/export"),
    KeyPage("search", "/search/"),
    KeyPage("search-hits", "/search/", steps=_ask),
    KeyPage("bulk-choose", "/records/customer/", steps=_choose),
    KeyPage("bulk-preview", "/batches/{planned}"),
    KeyPage("bulk-done", "/batches/{done}"),
    KeyPage("batches", "/batches/"),
    KeyPage("imports", "/imports/"),
    KeyPage("import-file", "/imports/of/customer"),
    KeyPage("import-columns", "/imports/{import}"),
    KeyPage("bin", "/bin/"),
    KeyPage("bin-record", "/bin/customer/{gone}"),
    KeyPage("numbers", "/numbers/"),
    KeyPage("void-number", "/numbers/new"),
    KeyPage("values", "/values/"),
    KeyPage("value-list", "/values/choices.source/"),
    KeyPage("value", "/values/choices.source/new"),
    KeyPage("jobs", "/jobs/", ADMIN),
    KeyPage("job", "/jobs/1", ADMIN),
    KeyPage("messages", "/messages/", ADMIN),
    KeyPage("users", "/users/", ADMIN),
    KeyPage("user", "/users/2", ADMIN),
    KeyPage("user-refused", "/users/new", ADMIN, _refuse),
    KeyPage("departments", "/departments/", ADMIN),
    KeyPage("audit", "/audit/", ADMIN),
    KeyPage("status", "/status/", ADMIN),
    KeyPage("config", "/config/", ADMIN),
    KeyPage("tokens", "/tokens/"),
    KeyPage("account", "/account/"),
    KeyPage("password", "/account/password"),
    KeyPage("not-found", "/records/customer/987654"),
    KeyPage("api-docs", "/api/v1/docs", steps=_shorten, scripted=False),
)
