"""One field's options: against each other, and against what its type can do."""

from __future__ import annotations

from kefu_admin.definitions import field_keys as keys
from kefu_admin.definitions.faults import Fault, listed
from kefu_admin.definitions.field_types import ENCRYPTABLE, masks
from kefu_admin.definitions.fields import NEVER_WHEN, Field, PersonalClass
from kefu_admin.definitions.keys import Taken
from kefu_admin.definitions.loading import Loading
from kefu_admin.definitions.patterns import matches


def check_fields(loading: Loading) -> None:
    """Limits, defaults, personal data, masks, series of every configured field."""
    for draft in loading.drafts.values():
        for name, taken in draft.fields.items():
            field = draft.type.fields[name]
            _check_limits(field, taken, loading)
            _check_personal(field, taken, loading)
            if field.required != NEVER_WHEN and field.visible == NEVER_WHEN:
                loading.problems.add(taken.at(keys.REQUIRED), Fault.REQUIRED_NEVER_VISIBLE)
            if field.series:
                loading.refers(
                    taken.at(keys.SERIES), Fault.NO_SERIES_NEAR, Fault.NO_SERIES, "numbers",
                    field.series,
                )  # fmt: skip


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
