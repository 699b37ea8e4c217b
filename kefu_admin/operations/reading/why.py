"""Why somebody may or may not see a record or a field: every rule that spoke, with its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.actor import Actor
from kefu_admin.behaviours import secrecy
from kefu_admin.behaviours.conditions import decide
from kefu_admin.definitions.condition import Condition
from kefu_admin.definitions.role import Action, Right
from kefu_admin.operations.reading.requests import Explanation, Said
from kefu_admin.problems import NotFound, Place
from kefu_admin.store import accounts, read
from kefu_admin.store.grants import RowDenial, RowGrant
from kefu_admin.store.read import Sight
from kefu_admin.store.rules import RowRights

if TYPE_CHECKING:
    from kefu_admin.operations.desk import Desk


def explain(
    desk: Desk, login: str, type_id: str, record_id: int, field: str = "", *, now: datetime
) -> Explanation:
    """Whether the person sees the record (or the field in it), and the rules that decide it.

    For the command line and administrators: it tells that a record exists.

    Raises:
        NotFound: no such person, type, field or record.
    """
    actor = actor_of(desk, login)
    content_type = desk.project.types.get(type_id)
    values = read.raw(desk.store, type_id, record_id) if content_type is not None else None
    if content_type is None or values is None or (field and field not in content_type.fields):
        raise NotFound
    look = Sight(desk.store, desk.grants(actor), desk.binding(actor, now))

    def holds(condition: Condition) -> bool:
        return decide(
            condition,
            values,
            binding=look.binding,
            lookup=lambda type, id: read.raw_of_any(desk.store, type, id),
        )

    spoken = secrecy.explain(look.grants, type_id, holds, field)
    rights = read.rights(look, type_id, record_id)
    verdict = _verdict(rights, field)
    deciding = _deciding(spoken, verdict, field)
    said = [_said(one, field, decides=one is deciding) for one in spoken]
    rules = look.rules(type_id)
    if rules is not None and not holds(rules.level):
        said.append(Said("explain_level", decides=deciding is None))
    if not any(one.decides for one in said):
        said.append(Said("explain_nothing", decides=True))
    return Explanation(
        verdict=verdict,
        said=tuple(said),
        actions=frozenset() if rights is None else rights.actions,
    )


def actor_of(desk: Desk, login: str) -> Actor:
    """The person with this login as an actor.

    Raises:
        NotFound: there is none.
    """
    person = accounts.person_by_login(desk.store, login)
    if person is None:
        raise NotFound
    return Actor(
        user_id=person.id,
        login=person.login,
        name=person.name,
        roles=person.roles,
        department_id=person.department_id,
        departments_below=_below(desk, person.department_id),
        source="cli",
    )


def _below(desk: Desk, department_id: int | None) -> frozenset[int]:
    """A department and all below it; nothing for nobody's."""
    below = {department_id} if department_id is not None else set()
    for one in accounts.departments(desk.store):  # each after the one above it
        if one.parent_id in below:
            below.add(one.id)
    return frozenset(id for id in below if id is not None)


def _deciding(
    spoken: Sequence[secrecy.Deciding], verdict: str, field: str
) -> secrecy.Deciding | None:
    """The rule without which the verdict would be another: a denial before any grant, for a field
    the grant that gives most. None when only the level decides, or the lack of a grant does."""
    grants = [one for one in spoken if one.matches and isinstance(one.rule, RowGrant)]
    denials = [(one, one.rule) for one in spoken if one.matches and isinstance(one.rule, RowDenial)]
    if verdict == "explain_hidden":
        hiding = (one for one, rule in denials if not rule.fields and Action.READ in rule.actions)
        return next(hiding, None)
    if not field:
        return next((one for one in grants if Action.READ in one.rule.actions), None)
    if verdict == "explain_field_hidden":
        return next((one for one, rule in denials if rule.fields), None)
    wanted = Right.SEE if verdict == "explain_seen" else Right.SEE_MASKED
    return next((one for one in grants if wanted in one.gives), next(iter(grants), None))


def _said(one: secrecy.Deciding, field: str, *, decides: bool) -> Said:
    kind = "grant" if isinstance(one.rule, RowGrant) else "denial"
    code = f"explain_{kind}_{'holds' if one.matches else 'misses'}"
    what = sorted(one.gives) if field else sorted(one.rule.actions)
    return Said(
        code,
        {"role": one.rule.role, "place": _at(one.rule.place), "gives": ", ".join(what) or "-"},
        decides,
    )


def _at(place: Place) -> str:
    return f"{place.file}:{place.line}" if place.file else "-"


def _verdict(rights: RowRights | None, field: str) -> str:
    if rights is None or Action.READ not in rights.actions:
        return "explain_hidden"
    if not field or field in rights.see:
        return "explain_seen"
    return "explain_masked" if field in rights.masked else "explain_field_hidden"
