"""Figures for Prometheus: requests of this process, and the state of the whole desk.

Labels are routes as they are declared (`/records/visit/<int:id>`), methods, statuses and codes of
refusals; never a value somebody typed. Each web process counts its own requests.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import datetime

from flask import Request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from kefu_admin import __version__
from kefu_admin.faces.http import Runtime, asked
from kefu_admin.operations import calendars, health
from kefu_admin.operations.schedules import standings
from kefu_admin.problems import Refusal

access = logging.getLogger("kefu_admin.access")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The figures of one mounted desk."""

    def __init__(self, here: Runtime) -> None:
        self._here = here
        self._now: datetime | None = None
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "kefu_http_requests",
            "Requests answered, by route, method and status.",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self.seconds = Histogram(
            "kefu_http_request_seconds",
            "Time from request to answer.",
            ("route",),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self.refusals = Counter(
            "kefu_refusals", "Requests refused, by reason.", ("code",), registry=self._registry
        )
        self._registry.register(self)

    def counted(self, asking: Request, status: int, refusal: str) -> None:
        """Count a request of ours that has its answer; `refusal` is its code or ""."""
        rule = asking.url_rule.rule if asking.url_rule is not None else "unknown"
        route = rule.replace("//", "/")  # as Flask-Admin joins a view at the root
        method = asking.method if asking.method in _METHODS else "other"
        self.requests.labels(route, method, str(status)).inc()
        took = time.perf_counter() - asked.facts().began
        self.seconds.labels(route).observe(took)
        if refusal:
            self.refusals.labels(refusal).inc()
        if access.isEnabledFor(logging.INFO):
            _log_request(method, route, status, took, refusal)

    def text(self, *, now: datetime) -> bytes:
        """All figures in the text format."""
        self._now = now
        return generate_latest(self._registry)

    def describe(self) -> Iterator[Metric]:
        """Asked at registration: the state of the desk is worked out only when it is read."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The state of the desk; where the database does not answer, that it does not."""
        store = self._here.store
        info = GaugeMetricFamily(
            "kefu_info", "Version and applied config.", labels=("version", "fingerprint")
        )
        info.add_metric((__version__, store.project.fingerprint[:12]), 1)
        yield info
        yield CounterMetricFamily(
            "kefu_database_statements",
            "Statements sent to the database.",
            value=store.statements,
        )
        up = GaugeMetricFamily("kefu_database_up", "Whether the database answers.")
        try:
            with store.connection():
                told = health.figures(store, self._here.settings)
                daily = (*self._daily(), self._calendars())
        except Refusal:
            up.add_metric((), 0)
            yield up
            return
        up.add_metric((), 1)
        yield up
        yield from self._state(told)
        yield from daily

    def _state(self, told: health.Figures) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("kefu_jobs", "Jobs by state.", labels=("state",))
        for state, number in told.jobs.items():
            jobs.add_metric((state.value,), number)
        yield jobs
        sending = GaugeMetricFamily("kefu_deliveries", "Deliveries by state.", labels=("state",))
        for one, number in told.deliveries.items():
            sending.add_metric((one.value,), number)
        yield sending
        for name, text, value in (
            ("kefu_job_overdue_seconds", "Longest wait of a due job.", told.overdue_ms / 1000),
            ("kefu_outbox_waiting", "Events not sent yet.", told.outbox_waiting),
            ("kefu_audit_unsealed_seconds", "Age of the oldest unsealed audit line.",
             self._age(told.unsealed_since)),
        ):  # fmt: skip
            yield GaugeMetricFamily(name, text, value=value)
        if told.backup is not None:
            yield GaugeMetricFamily(
                "kefu_backup_age_seconds",
                "Age of the newest backup.",
                value=self._age(told.backup.at),
            )
        if told.verify is not None:
            yield GaugeMetricFamily(
                "kefu_verify_age_seconds", "Since the last kefu verify.",
                value=self._age(told.verify.at),
            )  # fmt: skip
            yield GaugeMetricFamily(
                "kefu_verify_findings", "What the last kefu verify found.",
                value=told.verify.findings,
            )  # fmt: skip
        free = GaugeMetricFamily("kefu_disk_free_bytes", "Free space.", labels=("place",))
        for place, disk in told.disks.items():
            free.add_metric((place,), disk.free)
        yield free

    def _daily(self) -> tuple[Metric, ...]:
        """How long what is due waits for its end, and whether its last try failed."""
        lag = GaugeMetricFamily(
            "kefu_schedule_lag_seconds",
            "How long a due run has waited for its end.",
            labels=("schedule",),
        )
        failed = GaugeMetricFamily(
            "kefu_schedule_failed", "Whether its newest run failed.", labels=("schedule",)
        )
        if self._now is not None:
            for one in standings(self._here.desk, now=self._now):
                lag.add_metric((one.schedule.id,), one.lag.total_seconds())
                failed.add_metric((one.schedule.id,), 1 if one.failed else 0)
        return lag, failed

    def _calendars(self) -> Metric:
        """How many days each calendar is still known for; below zero what is counted is
        provisional."""
        known = GaugeMetricFamily(
            "kefu_calendar_known_days", "Days until the last known day.", labels=("calendar",)
        )
        if self._now is not None:
            desk = self._here.desk
            today = self._now.astimezone(desk.zone).date()
            for id, until in calendars.known_until(desk, now=self._now).items():
                known.add_metric((id,), (until - today).days)
        return known

    def _age(self, since: datetime | None) -> float:
        """Seconds since an instant; 0 where nothing waits."""
        if since is None or self._now is None:
            return 0.0
        return max(0.0, (self._now - since).total_seconds())


def _log_request(method: str, route: str, status: int, took: float, refusal: str) -> None:
    """One line per request: what was asked, never of which record, nor from where (the audit book
    knows)."""
    fields: dict[str, object] = {
        "method": method,
        "route": route,
        "status": status,
        "milliseconds": round(took * 1000, 1),
    }
    if refusal:
        fields["refusal"] = refusal
    access.info("request", extra={"fields": fields})
