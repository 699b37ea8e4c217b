"""Roles and views as a whole: what no single file can know."""

from __future__ import annotations

from kefu_admin.definitions.condition import Condition
from kefu_admin.definitions.condition_text import has_sql
from kefu_admin.definitions.faults import Fault
from kefu_admin.definitions.loading import Loading
from kefu_admin.definitions.role import Action
from kefu_admin.problems import Place


def check_access(loading: Loading) -> None:
    """Exclusive groups, unmasking, default views, and conditions the database must answer."""
    _check_groups(loading)
    for role in loading.roles.values():
        for grant in role.grants:
            rows = loading.exact("roles", role.id, grant.place, "rows")
            _check_sql(grant.rows, rows, loading)
            type = loading.types[grant.type]
            masked = any(field.mask for field in type.fields.values())
            if Action.UNMASK in grant.actions and not masked:
                place = loading.exact("roles", role.id, grant.place, "actions")
                loading.problems.add(place, Fault.UNMASK_NOTHING, type=type.id)
        for denial in role.denials:
            rows = loading.exact("roles", role.id, denial.place, "rows")
            _check_sql(denial.rows, rows, loading)
    defaults: dict[str, str] = {}
    for view in loading.views.values():
        where = loading.exact("views", view.id, view.place, "where")
        _check_sql(view.where, where, loading)
        if view.default and view.type in defaults:
            loading.problems.add(
                loading.exact("views", view.id, view.place, "default"),
                Fault.TWO_DEFAULT_VIEWS, type=view.type, name=defaults[view.type],
            )  # fmt: skip
        elif view.default:
            defaults[view.type] = view.id


def _check_groups(loading: Loading) -> None:
    groups: dict[str, list[Place]] = {}
    for role in loading.roles.values():
        if role.exclusive:
            place = loading.exact("roles", role.id, role.place, "exclusive")
            groups.setdefault(role.exclusive, []).append(place)
    for name, places in groups.items():
        if len(places) == 1 and loading.all_roles_readable():
            loading.problems.add(places[0], Fault.EXCLUSIVE_ALONE, name=name)


def _check_sql(condition: Condition, place: Place, loading: Loading) -> None:
    if not has_sql(condition):
        loading.problems.add(place, Fault.CONDITION_WITHOUT_SQL)
