"""The void register of business numbers: spoilt forms, deleted records; every gap is explained."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.definitions.number import Series
from kefu_admin.definitions.role import Permission
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.once import once
from kefu_admin.problems import FieldError, Forbidden, Invalid, NotFound
from kefu_admin.store import accounts, audit, numbers
from kefu_admin.store.idempotency import IdempotencyKey
from kefu_admin.store.numbers import VoidNumber

SHORTEST_REASON = 2
LONGEST_REASON = 255


def void_next(
    desk: Desk,
    series_id: str,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    department: str = "",
    key: IdempotencyKey | None = None,
) -> str:
    """Take the next number of a series and register it as void (a spoilt paper form); returns it.

    Args:
        department: the department's code, for a series that carries one.

    Raises:
        Forbidden: the actor may not void numbers.
        KeyReused: the key was used for another request.
        NotFound: no such series.
        Invalid: no reason, or no department's code where the series needs one.
        NumbersExhausted: the series has no number left.
    """
    _require(desk, actor)
    series = _series(desk, series_id)
    errors = []
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        errors.append(FieldError("reason", "void_reason_needed", {"longest": LONGEST_REASON}))
    if numbers.per_department(series):
        if not department:
            errors.append(FieldError("department", "department_code_needed"))
        elif all(one.code != department for one in accounts.departments(desk.store)):
            errors.append(FieldError("department", "no_such_department"))
    if errors:
        raise Invalid(errors)

    def work() -> Mapping[str, Any]:
        (number,) = numbers.take(
            desk.store, series, 1, now=now, zone=desk.zone, department=department
        )
        entry = VoidNumber(
            series=series.id,
            number=number,
            reason=reason.strip(),
            type="",
            record_id=None,
            at=now,
            actor_id=actor.user_id,
            actor=actor.login,
        )
        numbers.void(desk.store, [entry])
        line = audit.Line(
            actor=actor,
            action="void_number",
            at=now,
            after={"series": series.id, "number": number},
            reason=reason.strip(),
            operation="numbers.void_next",
        )
        audit.write(desk.store, line)
        return {"number": number}

    answer, _ = once(desk, "numbers.void_next", work, actor=actor, now=now, key=key)
    return str(answer["number"])


def register(
    desk: Desk, *, actor: Actor, series_id: str = "", before_id: int = 0, limit: int = 50
) -> list[tuple[int, VoidNumber]]:
    """The void register, newest first, as (row id, entry); `before_id` continues a page.

    Raises:
        Forbidden: the actor may not read it.
        NotFound: no such series.
    """
    _require(desk, actor)
    if series_id:
        _series(desk, series_id)
    return numbers.voided(desk.store, series=series_id, before_id=before_id, limit=limit)


def _require(desk: Desk, actor: Actor) -> None:
    if Permission.NUMBERS not in desk.grants(actor).permissions:
        raise Forbidden


def _series(desk: Desk, series_id: str) -> Series:
    series = desk.project.numbers.get(series_id)
    if series is None:
        raise NotFound
    return series
