"""How the system is: every check, what it found and what to do."""

from __future__ import annotations

from werkzeug.wrappers import Response

from kefu_admin.definitions.role import Permission
from kefu_admin.faces import http
from kefu_admin.faces.admin.view import PanelView, expose, prefix, zone
from kefu_admin.faces.admin.words import exact_text
from kefu_admin.faces.routes import declare
from kefu_admin.operations import health
from kefu_admin.operations.health import State, telling

_PAGES = {
    "jobs": "jobs",
    "outbox": "messages",
    "config": "config",
    "calendar": "calendar",
}  # where more is told
_RIGHTS = {"config": Permission.CONFIG, "calendar": None}
_COLORS = {State.OK: "green", State.ATTENTION: "orange", State.BAD: "red"}


class StatusView(PanelView):
    """`/status/`."""

    def __init__(self) -> None:
        super().__init__(name="系统状态", endpoint="kefu_status", url="status")

    @expose("/")
    @declare("GET", access=Permission.STATUS)
    def index(self) -> Response:
        """Every check, those that want somebody first."""
        locale, here = http.locale(), http.runtime()
        checks = health.status(self.desk, here.settings, actor=http.actor(), now=http.now())
        order = list(State)
        listed = sorted(checks, key=lambda check: -order.index(check.state))
        return self.page(
            "admin/pages/status.html",
            at=exact_text(http.now(), zone()),
            worst=health.worst(checks).value,
            waiting=sum(check.state is not State.OK for check in checks),
            checks=[
                {
                    "label": telling.label(check, locale),
                    "href": self._page(check.name),
                    "state": telling.state(check, locale),
                    "color": _COLORS[check.state],
                    "found": telling.found(check, locale, zone()),
                    "mend": telling.mend(check, locale, zone()),
                }
                for check in listed
            ],
        )

    def _page(self, name: str) -> str:
        """Where the person reads more about it; "" for nowhere."""
        page = _PAGES.get(name, "")
        right = _RIGHTS.get(page, Permission.JOBS)
        may = right is None or right in self.desk.grants(http.actor()).permissions
        return f"{prefix()}/{page}/" if page and may else ""
