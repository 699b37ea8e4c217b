"""References, children and rollups: what they name must be there and point back."""

from __future__ import annotations

from kefu_admin.definitions import field_keys as keys
from kefu_admin.definitions.condition import Condition, paths
from kefu_admin.definitions.condition_text import depends_on_now, has_sql
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.content_type_text import OWNED_BY
from kefu_admin.definitions.faults import Fault, listed
from kefu_admin.definitions.field_types import storage, value_type
from kefu_admin.definitions.fields import ALWAYS_WHEN, Field, Rollup, RollupFunction, Storage
from kefu_admin.definitions.keys import Key, Taken
from kefu_admin.definitions.loading import Loading, TypeDraft
from kefu_admin.definitions.rollup_results import FITTING

_DATED = frozenset({"date", "datetime"})


def check_relations(loading: Loading) -> None:
    """Every reference, children field, rollup and owner."""
    for draft in loading.drafts.values():
        children: dict[str, str] = {}
        for name, taken in draft.fields.items():
            field = draft.type.fields[name]
            if field.type in ("reference", "references") and field.to:
                _type_exists(taken, keys.TO, field.to, loading)
            elif field.type == "children" and field.to:
                if field.to in children:
                    loading.problems.add(
                        taken.at(keys.OF), Fault.OWNED_TWICE, type=field.to, name=children[field.to]
                    )
                children.setdefault(field.to, name)
                _check_children(field, taken, draft, loading)
            elif field.rollup is not None and field.rollup.of:
                _check_rollup(field, field.rollup, taken, draft, loading)
        if draft.type.owned_by:
            _check_owned(draft, loading)


def _type_exists(taken: Taken, key: Key[str], name: str, loading: Loading) -> ContentType | None:
    loading.refers(taken.at(key), Fault.NO_TYPE_NEAR, Fault.NO_TYPE, "types", name)
    return loading.types.get(name)


def _points_back(taken: Taken, of: ContentType, by: str, to: ContentType, loading: Loading) -> bool:
    """Whether `by` is a reference of `of` to this type; noted when not."""
    if not by or not loading.field(taken.at(keys.BY), of, by):
        return False
    field = of.fields[by]
    if field.type == "reference" and field.to == to.id:
        return True
    loading.problems.add(taken.at(keys.BY), Fault.BY_NOT_BACK, name=by, type=to.id, of=of.id)
    return False


def _check_children(field: Field, taken: Taken, draft: TypeDraft, loading: Loading) -> None:
    of = _type_exists(taken, keys.OF, field.to, loading)
    if of is None or not _points_back(taken, of, field.by, draft.type, loading):
        return
    owner = of.fields.get(of.owned_by)
    if of.owned_by != field.by and (owner is None or owner.type == "reference"):
        loading.problems.add(taken.at(keys.OF), Fault.NOT_OWNED, of=of.id, by=field.by)


def _check_owned(draft: TypeDraft, loading: Loading) -> None:
    type, place = draft.type, draft.taken.at(OWNED_BY)
    if not loading.field(place, type, type.owned_by):
        return
    field = type.fields[type.owned_by]
    if field.type != "reference":
        loading.problems.add(
            place, Fault.WRONG_FIELD_TYPE, name=field.id, type=field.type, known="reference"
        )
        return
    if field.required != ALWAYS_WHEN:
        loading.problems.add(field.place, Fault.OWNED_BY_OPTIONAL, name=field.id)
    parent = loading.types.get(field.to)
    if parent is not None and not any(
        one.type == "children" and one.to == type.id for one in parent.fields.values()
    ):
        loading.problems.add(
            place, Fault.OWNED_BY_UNLISTED, parent=parent.id, type=type.id, by=field.id
        )


def _check_rollup(
    field: Field, rollup: Rollup, taken: Taken, draft: TypeDraft, loading: Loading
) -> None:
    of = _type_exists(taken, keys.OF, rollup.of, loading)
    if of is None:
        return
    _points_back(taken, of, rollup.by, draft.type, loading)
    _check_function(rollup, taken, of, loading)
    where = rollup.where
    if where is not None and depends_on_now(where):
        loading.problems.add(taken.at(keys.WHERE), Fault.MOVES_WITH_TIME)
    elif where is not None and not has_sql(where):
        loading.problems.add(taken.at(keys.WHERE), Fault.CONDITION_WITHOUT_SQL)
    elif where is not None and (beyond := _beyond(where, of)):
        loading.problems.add(taken.at(keys.WHERE), Fault.ROLLUP_LOOKS_BEYOND, path=beyond)


def _beyond(where: Condition, of: ContentType) -> str:
    """The first path that leaves the rows themselves: a change over there would not be noticed."""
    for path in paths(where):
        field = of.fields.get(path.names[0])
        if len(path.names) > 1 or (field is not None and storage(field) is Storage.ROWS):
            return str(path)
    return ""


def _check_function(rollup: Rollup, taken: Taken, of: ContentType, loading: Loading) -> None:
    function = rollup.function
    unused = [keys.FIELD_KEY] if function is RollupFunction.COUNT else []
    if function is not RollupFunction.LATEST:
        unused.append(keys.ORDER)
    for key in unused:
        if taken.has(key):
            loading.problems.add(
                taken.at(key), Fault.ROLLUP_KEY_UNUSED, function=function.value, key=key.name
            )
    if function is RollupFunction.COUNT:
        return
    if not taken.has(keys.FIELD_KEY):
        loading.problems.add(taken.place, Fault.ROLLUP_NEEDS_FIELD, function=function.value)
    elif rollup.field and loading.field(taken.at(keys.FIELD_KEY), of, rollup.field):
        source = of.fields[rollup.field]
        moves = source.formula is not None and source.formula.uses_now
        secret = storage(source) is Storage.SECRET
        if value_type(source).id not in FITTING[function] or moves or secret:
            loading.problems.add(
                taken.at(keys.FIELD_KEY), Fault.ROLLUP_FIELD_UNSUITED,
                name=source.id, type=source.type, function=function.value,
                known=listed(sorted(FITTING[function])),
            )  # fmt: skip
    if function is RollupFunction.LATEST:
        _check_order(rollup, taken, of, loading)


def _check_order(rollup: Rollup, taken: Taken, of: ContentType, loading: Loading) -> None:
    if not taken.has(keys.ORDER):
        loading.problems.add(taken.place, Fault.ROLLUP_NEEDS_ORDER)
    elif rollup.order and loading.field(taken.at(keys.ORDER), of, rollup.order):
        order = of.fields[rollup.order]
        if order.type not in _DATED:
            loading.problems.add(
                taken.at(keys.ORDER), Fault.WRONG_FIELD_TYPE,
                name=order.id, type=order.type, known=listed(sorted(_DATED)),
            )  # fmt: skip
