"""The only place that reads the time. Faces, worker and command line call it; all else is told."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This instant, aware, UTC."""
    return datetime.now(UTC)
