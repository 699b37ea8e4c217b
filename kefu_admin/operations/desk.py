"""The desk: one project on one store, and what is compiled once for both.

Every operation takes a desk first. It holds no request, no person and no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from kefu_admin.actor import Actor
from kefu_admin.behaviours.calendar import Times
from kefu_admin.behaviours.secrecy import compile_grants
from kefu_admin.behaviours.validation import TypeChecks, compile_checks, decide
from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.project import Project
from kefu_admin.store import dated
from kefu_admin.store.database import Store
from kefu_admin.store.grants import Grants
from kefu_admin.store.sessions import Who
from kefu_admin.store.warrant import Warrant

Value = TypeVar("Value")
_MOST_LISTS = 2000  # people whose lists are kept in mind
_MOST_GRANTS = 1000  # sets of roles and scopes kept; more are compiled again


class KeptLists(Generic[Value]):
    """What has been read of people's lists, by person, while their sessions say it still holds."""

    def __init__(self) -> None:
        self._of: dict[int | None, tuple[str, Value]] = {}
        self._ended: dict[int | None, str] = {}

    def get(self, actor: Actor, make: Callable[[], Value]) -> Value:
        """What is known of the actor's, or read now."""
        known = self._of.get(actor.user_id)
        if known is not None and actor.lists and known[0] == actor.lists:
            return known[1]
        made = make()
        if len(self._of) >= _MOST_LISTS:
            self._of.clear()
            self._ended.clear()
        if self._ended.get(actor.user_id) != actor.lists:
            self._of[actor.user_id] = actor.lists, made
        return made

    def forget(self, actor: Actor) -> None:
        """What the actor's session tells of holds no more: somebody here has just written."""
        self._of.pop(actor.user_id, None)
        self._ended[actor.user_id] = actor.lists


class Desk:
    """Safe to share between threads: what it keeps is written once and never changed, but for the
    values kept in rows, which are replaced whole.

    Attributes:
        applied: the applied config's fingerprint when somebody was last asked for.
    """

    def __init__(self, project: Project, store: Store) -> None:
        self.project = project
        self.store = store
        self._shown: tuple[str, date] | None = None  # token and day of the values shown
        self._shown_at: datetime | None = None
        self._times: dict[str, Times] = {}  # of each calendar, for its days as they are shown
        self.kept_lists: KeptLists[Any] = KeptLists()
        self.applied: str | None = None
        self._grants: dict[tuple[frozenset[str], frozenset[str] | None], Grants] = {}

    @cached_property
    def zone(self) -> ZoneInfo:
        """The project's time zone."""
        return ZoneInfo(self.project.time_zone)

    @cached_property
    def checks(self) -> Mapping[str, TypeChecks]:
        """The compiled rules of every type."""
        return compile_checks(self.project)

    def grants(self, actor: Actor) -> Grants:
        """The actor's rights, compiled once per set of roles and scopes."""
        key = (actor.roles, actor.scopes)
        found = self._grants.get(key)
        if found is None:
            if len(self._grants) >= _MOST_GRANTS:
                self._grants.clear()
            found = compile_grants(self.project, actor.roles, actor.scopes)
            self._grants[key] = found
        return found

    def binding(self, actor: Actor, now: datetime) -> Binding:
        """What `$me`, `$my_departments` and `$today` stand for; values kept in rows are shown as
        they hold at that instant."""
        self.show_values(now)
        return Binding(
            user_id=actor.user_id,
            department_id=actor.department_id,
            departments_below=actor.departments_below,
            now=now,
            zone=self.zone,
        )

    def forget_values(self) -> None:
        """Reads values kept in rows again: somebody here has written them."""
        self._shown_at = None

    def hear(self, who: Who, now: datetime) -> None:
        """Takes what was read along with who asks."""
        self.applied = who.applied
        self.show_values(now, token=who.dated_token)

    def show_values(self, now: datetime, *, token: str | None = None) -> None:
        """Shows what holds now. A token, or one indexed read, tells whether anybody, in any
        process, has written since; a request asks once."""
        if not self.project.dated or self._shown_at == now:
            return
        day = now.astimezone(self.zone).date()
        if token is None:
            token = dated.token(self.store)
        if self._shown != (token, day):
            rows = dated.values(self.store, self.project.dated.values())
            for one in self.project.dated.values():
                one.shown.show(one.together(rows[one.name]), day)
            self._shown = token, day
        self._shown_at = now

    def times(self, calendar: str, now: datetime) -> Times:
        """A calendar of the config, ready for questions, with the days kept in rows now."""
        self.show_values(now)
        known = self.project.calendars[calendar]
        found = self._times.get(calendar)
        if found is None or found.days.read is not known.own.shown:
            found = self._times[calendar] = Times(known, self.zone)
        return found

    def warrant(self, actor: Actor, now: datetime) -> Warrant:
        """What the actor writes with."""
        return Warrant(
            actor=actor,
            grants=self.grants(actor),
            binding=self.binding(actor, now),
            checks=self.checks,
            decide=decide,
        )
