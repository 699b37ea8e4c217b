"""One field's options: against each other, and against what its type can do."""

from __future__ import annotations

from kefu_admin.definitions import field_keys as keys
from kefu_admin.definitions.crosscheck.cycles import worked_out
from kefu_admin.definitions.faults import Fault, listed
from kefu_admin.definitions.field_types import ENCRYPTABLE, masks, storage
from kefu_admin.definitions.fields import NEVER_WHEN, Field, PersonalClass, Storage
from kefu_admin.definitions.keys import Taken
from kefu_admin.definitions.loading import Loading
from kefu_admin.definitions.patterns import matches
from kefu_admin.definitions.troubles import Trouble
from kefu_admin.problems import Problem


def check_fields(loading: Loading) -> None:
    """Limits, defaults, personal data, masks, series of every configured field."""
    for draft in loading.drafts.values():
        for name, taken in draft.fields.items():
            field = draft.type.fields[name]
            _check_limits(field, taken, loading)
            _check_personal(field, taken, loading)
            if field.required != NEVER_WHEN and field.visible == NEVER_WHEN:
                loading.problems.add(taken.at(keys.REQUIRED), Fault.REQUIRED_NEVER_VISIBLE)
            if field.visible.condition is not None and storage(field) is Storage.ROWS:
                loading.problems.add(taken.at(keys.VISIBLE), Fault.ROWS_CANNOT_HIDE)
            if field.series:
                loading.refers(
                    taken.at(keys.SERIES), Fault.NO_SERIES_NEAR, Fault.NO_SERIES, "numbers",
                    field.series,
                )  # fmt: skip
    _check_shown(loading)
    _check_moving(loading)


def _check_moving(loading: Loading) -> None:
    """A formula read before the one it reads was known could not say that this one moves."""
    for (type_id, name), needs in worked_out(loading).items():
        if loading.drafts[type_id].type.fields[name].formula is None:
            continue
        for of, source in needs:
            below = loading.drafts[of].type.fields.get(source) if of in loading.drafts else None
            if below is not None and below.formula is not None and below.formula.uses_now:
                place = loading.drafts[type_id].fields[name].at(keys.FORMULA)
                problem = Problem.at(place, Trouble.MOVES.value, field=below.id)
                loading.problems.append(problem)


def _check_shown(loading: Loading) -> None:
    """A value worked out from a masked one must say whether it is masked itself."""
    for (type_id, name), needs in worked_out(loading).items():
        taken = loading.drafts[type_id].fields[name]
        for of, source in needs:
            below = loading.drafts[of].type.fields.get(source) if of in loading.drafts else None
            if below is not None and below.mask and not taken.has(keys.MASK):
                loading.problems.add(taken.place, Fault.SHOWS_MASKED, name=below.id)
                break


def _check_limits(field: Field, taken: Taken, loading: Loading) -> None:
    if field.min is not None and field.max is not None and field.min > field.max:  # type: ignore[operator] # both canonical values of one ordered type
        loading.problems.add(taken.at(keys.MIN), Fault.MIN_ABOVE_MAX)
        return
    if not _within(field, field.default):
        loading.problems.add(taken.at(keys.DEFAULT), Fault.DEFAULT_OUT_OF_RANGE)


def _within(field: Field, value: object) -> bool:
    """Whether a default keeps the field's own limits."""
    if value is None or (isinstance(value, str) and value.startswith("$")):
        return True
    if isinstance(value, str):
        if not field.min_length <= len(value) <= field.max_length:
            return False
        return not field.pattern or matches(field.pattern, value)
    if field.min is not None and value < field.min:  # type: ignore[operator] # of one ordered type
        return False
    return field.max is None or value <= field.max  # type: ignore[operator] # of one ordered type


def _check_personal(field: Field, taken: Taken, loading: Loading) -> None:
    if field.personal is PersonalClass.SENSITIVE:
        if not field.purpose.zh:
            loading.problems.add(taken.place, Fault.SENSITIVE_WITHOUT_PURPOSE)
        if field.type in ENCRYPTABLE and not field.encrypted:
            loading.problems.add(taken.at(keys.ENCRYPTED), Fault.SENSITIVE_NOT_ENCRYPTED)
    if field.mask and field.mask not in (fitting := masks(field)):
        loading.problems.add(
            taken.at(keys.MASK), Fault.MASK_NOT_FOR_TYPE,
            mask=field.mask, type=field.type, known=listed(("none", *fitting)),
        )  # fmt: skip
