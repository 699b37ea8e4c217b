"""Logs without personal data: one line per event, as text or JSON, redacted before it is written.

What is said is redacted by name (`extra={"fields": {"phone": …}}`: a field the config calls
personal, or one of our own secrets) and by pattern (11-digit phones, 18-digit id numbers, tokens,
passwords in addresses, values a database quotes in its errors). A traceback names kinds and places
only. Each line of a request carries the request's id. Rule: D24.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import IO

REDACTED = "***"
request_id: ContextVar[str] = ContextVar("kefu_request_id", default="")
"""The id of the request this thread answers, "" outside of one."""

_OURS = frozenset(
    {"password", "old_password", "token", "secret", "authorization", "cookie", "csrf", "_csrf"}
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(://[^\s:/@]*):[^\s@/]+@"), r"\1:***@"),
    (re.compile(r"\bkefu_[A-Za-z0-9_-]{20,}"), REDACTED),
    (re.compile(r"(?i)\b(bearer)\s+\S+"), r"\1 ***"),
    (
        re.compile(r"(?i)\b(password|passwd|secret|token)(\W{0,3}[=:]\W{0,3})[^\s,;'\"&)]+"),
        r"\1\2***",
    ),
    (re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[\dXx](?![0-9A-Za-z])"), REDACTED),
    (re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"), REDACTED),
    (re.compile(r"(Key \([^)]*\)=)\(.*\)"), r"\1(***)"),
    (re.compile(r"(Failing row contains )\(.*\)"), r"\1(***)"),
    (re.compile(r"(Duplicate entry )'.*' for key"), r"\1'***' for key"),
    (re.compile(r"(Incorrect \w+ value: )'.*' for column"), r"\1'***' for column"),
)


def redacted(text: str) -> str:
    """The text with whatever looks like a phone, an id number, a token or a secret taken out."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


class Formatter(logging.Formatter):
    """Lines for a log; `as_json` one object per line, else text for people.

    Args:
        personal: names of fields whose values are never written.
    """

    def __init__(self, *, as_json: bool, personal: Iterable[str] = ()) -> None:
        super().__init__()
        self._as_json = as_json
        self._hidden = _OURS | frozenset(personal)

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record; a traceback follows in the same line (JSON) or below (text)."""
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        if asked := request_id.get():
            told["request"] = asked
        told.update(self._fields(getattr(record, "fields", None)))
        if record.exc_info:
            told["error"] = without_text(record.exc_info[1])
        if self._as_json:
            return json.dumps(told, ensure_ascii=False, default=str)
        error = told.pop("error", "")
        head = " ".join(str(told.pop(name)) for name in ("at", "level", "logger", "message"))
        more = "".join(f" {name}={value}" for name, value in told.items())
        return f"{head}{more}" + (f"\n{error}" if error else "")

    def _fields(self, given: object) -> dict[str, object]:
        if not isinstance(given, Mapping):
            return {}
        return {
            str(name): REDACTED
            if str(name).rpartition(".")[2] in self._hidden
            else redacted(value)
            if isinstance(value, str)
            else value
            for name, value in given.items()
        }


def without_text(error: BaseException | None) -> str:
    """Kind and place of an error and of what led to it, first cause first. What it says is left
    out: any program's error may quote a value; the system's own words on files and sockets stay."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines: list[str] = []
    for one in reversed(chain):
        lines += traceback.format_tb(one.__traceback__)
        said = (isinstance(one, OSError) and one.strerror) or REDACTED
        lines.append(f"{type(one).__module__}.{type(one).__qualname__}: {redacted(said)}\n")
    return "".join(lines).rstrip()


def say_fault(kind: type[BaseException], error: BaseException, trace: object) -> None:
    """For `sys.excepthook`: a program that ends by a fault says where, and nothing of a value."""
    print(without_text(error), file=sys.stderr)


class _Handler(logging.StreamHandler[IO[str]]):
    """Writes to whatever standard error is at the moment."""

    @property
    def stream(self) -> IO[str]:
        return sys.stderr

    @stream.setter
    def stream(self, given: IO[str]) -> None:
        """Standard error is not chosen."""


def set_up(*, as_json: bool, personal: Iterable[str] = ()) -> logging.Handler:
    """Log to standard error, redacted: as JSON from INFO on with every request, as text our own
    INFO and everybody's WARNING. Answers the handler; one set up before is replaced."""
    handler = _Handler()
    handler.setFormatter(Formatter(as_json=as_json, personal=personal))
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.INFO if as_json else logging.WARNING)
    logging.getLogger("kefu_admin").setLevel(logging.INFO)
    logging.getLogger("kefu_admin.access").setLevel(logging.INFO if as_json else logging.WARNING)
    return handler
