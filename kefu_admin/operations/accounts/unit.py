"""One change of accounts: permission, transaction, idempotency; and taking what was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.definitions.fields import BadValue
from kefu_admin.definitions.role import Permission
from kefu_admin.definitions.text_rules import line
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.once import once
from kefu_admin.operations.who import require
from kefu_admin.problems import FieldError, UnknownParameter
from kefu_admin.store.idempotency import IdempotencyKey

MAX_NAME = 64


def perform(
    desk: Desk,
    operation: str,
    work: Callable[[], Mapping[str, Any]],
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None,
) -> tuple[Mapping[str, Any], bool]:
    """Run `work` once, for who may manage people; returns its JSON facts and whether they were
    replayed.

    Raises:
        Forbidden: no permission USERS.
        ConfigMoved, KeyReused, Busy: as for every change.
    """
    require(desk, actor, Permission.USERS)
    return once(desk, operation, work, actor=actor, now=now, key=key)


class Taker:
    """Takes known fields from what was sent and collects what is wrong with them.

    Raises:
        UnknownParameter: a field that is not among the known ones.
    """

    def __init__(self, raw: Mapping[str, object], known: frozenset[str]) -> None:
        for name in raw:
            if name not in known:
                raise UnknownParameter(name=name)
        self.raw = raw
        self.errors: list[FieldError] = []

    def refuse(self, field: str, code: str, **facts: object) -> None:
        """Collect one fault."""
        self.errors.append(FieldError(field, code, facts))

    def text(self, field: str, otherwise: str, *, limit: int = MAX_NAME, required: bool) -> str:
        """One line of text, `otherwise` where it was not sent."""
        if field not in self.raw:
            if required and not otherwise:
                self.refuse(field, "required")
            return otherwise
        given = self.raw[field]
        if given is not None and not isinstance(given, str):
            self.refuse(field, "not_a_text")
            return otherwise
        try:
            text = line(given or "")
        except BadValue as bad:
            self.refuse(field, bad.code, **bad.facts)
            return otherwise
        if required and not text:
            self.refuse(field, "required")
        if len(text) > limit:
            self.refuse(field, "too_long", limit=limit)
        return text

    def id(self, field: str, otherwise: int | None) -> int | None:
        """An id or nothing."""
        if field not in self.raw:
            return otherwise
        given = self.raw[field]
        if given in (None, ""):
            return None
        try:
            if isinstance(given, bool) or not isinstance(given, (int, str)):
                raise ValueError
            if not 0 < (id := int(given)) < 2**63:
                raise ValueError
            return id
        except ValueError:
            self.refuse(field, "not_an_id")
            return otherwise

    def flag(self, field: str, otherwise: bool) -> bool:
        """True or false, as JSON or as a form says it."""
        if field not in self.raw:
            return otherwise
        spoken = {True: True, False: False, "true": True, "false": False, "1": True, "0": False}
        given = self.raw[field]
        if not isinstance(given, (bool, str)) or given not in spoken:
            self.refuse(field, "not_a_boolean")
            return otherwise
        return spoken[given]

    def names(self, field: str, otherwise: frozenset[str]) -> frozenset[str]:
        """A set of names, sent as a list."""
        if field not in self.raw:
            return otherwise
        given = self.raw[field]
        if not isinstance(given, (list, tuple, set, frozenset)) or not all(
            isinstance(one, str) for one in given
        ):
            self.refuse(field, "not_a_list")
            return otherwise
        return frozenset(str(one) for one in given)
