"""What a browser says to its developers while somebody visits: heard over the DevTools protocol."""

from __future__ import annotations

from typing import Any


class Listener:
    """Faults of a page: refused by the content policy, thrown, logged as errors, asked by dialogs,
    not loaded. A page that itself is refused (404) is no fault."""

    def __init__(self, page: Any) -> None:
        self.faults: list[str] = []
        self._page = page
        page.on("dialog", self._asked)
        protocol = page.context.new_cdp_session(page)
        protocol.on("Log.entryAdded", lambda told: self._logged(told["entry"]))
        protocol.on("Audits.issueAdded", lambda told: self._issue(told["issue"]))
        protocol.on("Runtime.exceptionThrown", self._thrown)
        protocol.on("Runtime.consoleAPICalled", self._called)
        for domain in ("Log", "Audits", "Runtime"):
            protocol.send(f"{domain}.enable")

    def taken(self) -> list[str]:
        """The faults since the last asking; waits until the browser has told all it knows."""
        self._page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        found, self.faults = self.faults, []
        return found

    def _asked(self, dialog: Any) -> None:
        if dialog.type == "beforeunload":  # a form left half filled asks that rightly
            dialog.accept()
            return
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _logged(self, entry: dict[str, Any]) -> None:
        is_page = entry["source"] == "network" and entry.get("url") == self._page.url
        if entry["level"] == "error" and not is_page:
            self.faults.append(f"{entry['source']}: {entry['text']}")

    def _issue(self, issue: dict[str, Any]) -> None:
        if issue["code"] == "ContentSecurityPolicyIssue":
            told = issue["details"]["contentSecurityPolicyIssueDetails"]
            self.faults.append(f"policy: {told['violatedDirective']} {told.get('blockedURL', '')}")

    def _thrown(self, told: dict[str, Any]) -> None:
        details = told["exceptionDetails"]
        self.faults.append(f"thrown: {details.get('exception', {}).get('description', details)}")

    def _called(self, told: dict[str, Any]) -> None:
        if told["type"] in ("error", "assert"):
            self.faults.append(f"console: {told['args']}")
