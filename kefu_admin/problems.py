"""What can be wrong, as values: a `Problem` in the config, a `Refusal` at run time.

Problems are collected and shown all at once; refusals are raised one at a time and answered by the
faces. Neither holds a finished sentence: `wording` turns both into zh or en. Programming faults are
ordinary exceptions and do not belong here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something was written: file (relative to the config), 1-based line, key path."""

    file: str
    line: int
    key: str = ""

    def under(self, key: str | int) -> Place:
        """The place of a key or list index inside this one, on the same line until known better."""
        if isinstance(key, int):
            return Place(self.file, self.line, f"{self.key}[{key}]")
        return Place(self.file, self.line, f"{self.key}.{key}" if self.key else key)


NOWHERE = Place("", 0)
_MOST_SECONDS = 120  # a longer wait is told in minutes


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault in the config. `code` (CFGnnn) picks the sentence; `facts` fill it."""

    place: Place
    code: str
    facts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def at(cls, place: Place, code: str, **facts: object) -> Problem:
        """A problem at a place; facts are shown as text."""
        return cls(place, code, tuple((name, str(value)) for name, value in facts.items()))


class ConfigError(Exception):
    """The config cannot be used; `problems` lists every fault found, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__(
            f"{len(self.problems)} problem(s): "
            + "; ".join(f"{p.place.file}:{p.place.line} {p.code}" for p in self.problems[:5])
        )


@dataclass(frozen=True, slots=True)
class FieldError:
    """Why one value was refused. `code` picks the sentence in `wording`; `field` is a field path
    (children rows as `contacts[0].phone`), empty when the whole record is meant."""

    field: str
    code: str
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)
    clause: str = ""


class Refusal(Exception):
    """Something may not be done now, for a reason the person asking can understand.

    Subclasses set `code` (stable, for the API) and `status` (HTTP). `facts` fill the sentence.
    """

    code = "refused"
    status = 409

    def __init__(self, **facts: object) -> None:
        self.facts: dict[str, object] = facts
        super().__init__(f"{self.code} {facts}")

    @property
    def sentence(self) -> str:
        """The code of the sentence that says it: `code`, where there is but one."""
        return self.code


class NotFound(Refusal):
    """No such thing, or none the actor may see: the two are never told apart."""

    code, status = "not_found", 404


class Forbidden(Refusal):
    """The actor may see the thing (or the page exists for all) but may not do this to it."""

    code, status = "forbidden", 403


class SignInRequired(Refusal):
    """Nobody is signed in, or the session or token has ended."""

    code, status = "sign_in_required", 401


class SignInFailed(Refusal):
    """Wrong login or password, locked or disabled: one answer for all of them."""

    code, status = "sign_in_failed", 401


class PasswordChangeRequired(Refusal):
    """The first password must be changed before anything else."""

    code, status = "password_change_required", 403


class Invalid(Refusal):
    """Values were refused; `errors` names each field and why."""

    code, status = "invalid", 422

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__(count=len(self.errors))


class UnknownParameter(Refusal):
    """A parameter or field nobody knows (or the actor may not use): named in facts['name']."""

    code, status = "unknown_parameter", 422


class BadRequest(Refusal):
    """The request cannot be read: broken JSON, a bad cursor, a missing header."""

    code, status = "bad_request", 400


class BadToken(Refusal):
    """The form's CSRF token is missing, foreign or expired."""

    code, status = "bad_csrf_token", 400


class Conflict(Refusal):
    """The record has changed since it was read. facts: version (now), sent (the one sent)."""

    code, status = "conflict", 409


class VersionRequired(Refusal):
    """A change was sent without If-Match / version."""

    code, status = "version_required", 428


@dataclass(frozen=True, slots=True)
class Referrer:
    """A record that refers to another; `label` is how it is called to the one who asks."""

    type: str
    id: int
    label: str


class StillReferenced(Refusal):
    """Others refer to it. facts: visible (the `Referrer`s the actor may see), hidden (whether there
    are more that he may not see)."""

    code, status = "still_referenced", 409


class SelectionMoved(Refusal):
    """What was confirmed is not what was shown: another selection, or another config by now."""

    code, status = "selection_moved", 409


class SelectionTooLarge(Refusal):
    """More records than one bulk change takes. facts: limit."""

    code, status = "selection_too_large", 422


class SecondNeeded(Refusal):
    """A file that one person alone may not take: too many records, or personal values in full.
    facts: limit (records)."""

    code, status = "export_second_needed", 403


class ExportTooLong(Refusal):
    """More records than a sheet has rows. facts: limit."""

    code, status = "export_too_long", 422


class NotReady(Refusal):
    """A bulk change that is still being looked at, or still running."""

    code, status = "bulk_not_ready", 409


class UndoOver(Refusal):
    """A bulk change that can no longer be undone, or has been."""

    code, status = "undo_over", 409


class KeyReused(Refusal):
    """The idempotency key was used before with another body."""

    code, status = "idempotency_key_reused", 422


class NumbersExhausted(Refusal):
    """The counter of a number series has no digits left. facts: series."""

    code, status = "numbers_exhausted", 409


class TooMany(Refusal):
    """A limit was reached. facts: limit, per, retry_after (seconds), and that in minutes."""

    code, status = "too_many", 429

    def __init__(self, *, retry_after: int, **facts: object) -> None:
        super().__init__(retry_after=retry_after, minutes=-(-retry_after // 60), **facts)
        self._is_long = retry_after > _MOST_SECONDS

    @property
    def sentence(self) -> str:
        """A long wait is told in minutes."""
        return "too_many_long" if self._is_long else self.code


class Busy(Refusal):
    """The database is locked or away for longer than a person should wait."""

    code, status = "busy", 503


class NoSpace(Busy):
    """The disk is full or read-only: nothing was kept, reading goes on."""

    code = "no_space"


class ConfigMoved(Busy):
    """A newer config has been applied: this process must restart before it may write."""

    code = "config_moved"


class AskerGone(Refusal):
    """Who asked for a job has no account in use any more. facts: login."""

    code, status = "asker_gone", 403
