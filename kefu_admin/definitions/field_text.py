"""Reads one field of a content type: first a draft, then, when all types are drafted, the rest.

A draft has everything but what refers to other fields: conditions, formula, and values that need
the finished field to convert (default, min, max).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kefu_admin.definitions import field_keys as keys
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.faults import Fault, Problems, listed
from kefu_admin.definitions.field_types import ENCRYPTABLE, convert, field_type, maskable
from kefu_admin.definitions.fields import (
    ALWAYS_WHEN,
    NEVER_WHEN,
    BadValue,
    Choice,
    Field,
    PersonalClass,
    Rollup,
    RollupFunction,
    When,
)
from kefu_admin.definitions.formula_text import parse_formula
from kefu_admin.definitions.keys import CLAUSES, Key, Taken
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.loading import Loading
from kefu_admin.definitions.patterns import unsafe_part
from kefu_admin.definitions.tree import MapNode, Node

_LENGTHS = {
    "long_text": 20_000, "url": 2000, "address": 200, "email": 254, "phone": 32, "id_number": 18,
    "choice": 40, "region": 6, "number": 80,
}  # fmt: skip
_LONGEST = {"text": 1000, "long_text": 100_000, "url": 2000, "address": 500}
_MASKS = {"phone": "phone", "id_number": "id_number"}
_CLASSES = {"phone": PersonalClass.GENERAL, "id_number": PersonalClass.SENSITIVE}
_SCALES = {"money": 2, "decimal": 2}
_SYMBOLS = {
    "person": ("$me",), "department": ("$my_department",), "date": ("$today",),
    "datetime": ("$now",),
}  # fmt: skip


def draft(id: str, taken: Taken, loading: Loading) -> Field:
    """The field without what refers to others."""
    problems = loading.problems
    type_id = taken.get(keys.TYPE_OF, "text")
    if taken[keys.TYPE_OF]:
        _options(taken, type_id, problems)
    personal = taken.get(keys.PERSONAL, _CLASSES.get(type_id, PersonalClass.NONE))
    sensitive = personal is PersonalClass.SENSITIVE
    hidden = "all" if sensitive and maskable(type_id) else ""
    mask = taken.get(keys.MASK, _MASKS.get(type_id, hidden))
    result = taken.get(keys.RESULT, "") if type_id == "computed" else ""
    return Field(
        id=id,
        type=type_id,
        label=taken.get(keys.LABEL, Label(id)),
        help=taken.get(keys.HELP, Label("")),
        unique=taken.get(keys.UNIQUE, False),
        min_length=taken.get(keys.MIN_LENGTH, 0),
        max_length=taken.get(keys.MAX_LENGTH, _LENGTHS.get(type_id, 255)),
        scale=taken.get(keys.SCALE, _SCALES.get(result or type_id, 0)),
        unit=taken.get(keys.UNIT, Label("")),
        pattern=_pattern(taken, problems),
        choices=_choices(taken, loading),
        to=taken.get(keys.OF if type_id == "children" else keys.TO, ""),
        by=taken.get(keys.BY, "") if type_id == "children" else "",
        personal=personal,
        purpose=taken.get(keys.PURPOSE, Label("")),
        mask="" if mask == "none" else mask,
        encrypted=taken.get(keys.ENCRYPTED, sensitive and type_id in ENCRYPTABLE),
        series=taken.get(keys.SERIES, ""),
        result=result,
        rollup=_rollup(taken) if type_id == "rollup" else None,
        max_count=taken.get(keys.MAX_COUNT, 0),
        renamed_from=taken.get(keys.RENAMED_FROM, ""),
        clauses=taken.get(CLAUSES, ()),
        zone=loading.settings.time_zone,
        place=taken.place,
    )


def with_formula(field: Field, taken: Taken, type: ContentType, loading: Loading) -> Field:
    """A computed field with its formula parsed; others as they are."""
    text = taken[keys.FORMULA]
    if field.type != "computed" or text is None or not loading.all_types_readable():
        return field
    formula = parse_formula(
        text,
        type=type,
        types=loading.types,
        place=taken.at(keys.FORMULA),
        problems=loading.problems,
        result=field.result,
        scale=field.scale,
    )
    return replace(field, formula=formula)


def finish(field: Field, taken: Taken, type: ContentType, loading: Loading) -> Field:
    """The field with its conditions, default and limits."""
    rollup = field.rollup
    if rollup is not None and (below := loading.drafts.get(rollup.of)) and taken[keys.WHERE]:
        where = loading.condition(taken[keys.WHERE], below.type)
        rollup = replace(rollup, where=where)
    field = replace(
        field,
        required=_when(taken, keys.REQUIRED, NEVER_WHEN, type, loading),
        visible=_when(taken, keys.VISIBLE, ALWAYS_WHEN, type, loading),
        read_only=_when(taken, keys.READ_ONLY, NEVER_WHEN, type, loading),
        min=_limit(field, taken, keys.MIN, loading.problems),
        max=_limit(field, taken, keys.MAX, loading.problems),
        rollup=rollup,
    )
    return replace(
        field,
        default=_default(field, taken, loading.problems),
        backfill=_backfill(field, taken, loading.problems),
        old_values=tuple(_old_values(field, taken, loading.problems)),
    )


def _options(taken: Taken, type_id: str, problems: Problems) -> None:
    row = field_type(type_id)
    for key in keys.OPTIONS:
        if taken.has(key) and key.name not in row.options:
            problems.add(
                taken.at(key), Fault.OPTION_NOT_FOR_TYPE,
                key=key.name, type=type_id, known=listed(sorted(row.options)),
            )  # fmt: skip
    missing = [n for n in keys.NEEDED.get(type_id, ()) if n not in taken.node.entries]
    if missing:
        problems.add(taken.place, Fault.OPTION_MISSING, type=type_id, keys=listed(missing))
    longest = _LONGEST.get(type_id)
    if longest and taken.get(keys.MAX_LENGTH, 1) > longest:
        problems.add(taken.at(keys.MAX_LENGTH), Fault.INTEGER_OUT_OF_RANGE, least=1, most=longest)
    if taken.get(keys.MIN_LENGTH, 0) > taken.get(keys.MAX_LENGTH, _LENGTHS.get(type_id, 255)):
        problems.add(taken.at(keys.MIN_LENGTH), Fault.LENGTH_LIMITS)


def _pattern(taken: Taken, problems: Problems) -> str:
    pattern = taken.get(keys.PATTERN, "")
    if pattern and (part := unsafe_part(pattern)):
        problems.add(taken.at(keys.PATTERN), Fault.BAD_PATTERN, part=part)
        return ""
    return pattern


def _choices(taken: Taken, loading: Loading) -> Sequence[Choice]:
    written = taken.get(keys.CHOICES, ())
    if not isinstance(written, str):
        return keys.choices_of(written, loading.problems)
    if written == keys.SECRECY_LEVELS:
        if not loading.settings.secrecy_levels:
            loading.problems.add(taken.at(keys.CHOICES), Fault.NO_LEVELS)
        return loading.settings.level_choices()
    if loading.refers(
        taken.at(keys.CHOICES), Fault.NO_LIST_NEAR, Fault.NO_LIST, "choices", written
    ):
        return loading.choice_lists.get(written, ())
    return ()


def _rollup(taken: Taken) -> Rollup:
    return Rollup(
        of=taken.get(keys.OF, ""),
        by=taken.get(keys.BY, ""),
        function=taken.get(keys.FUNCTION, RollupFunction.COUNT),
        field=taken[keys.FIELD_KEY],
        order=taken[keys.ORDER],
        public=taken.get(keys.PUBLIC, False),
    )


def _when(
    taken: Taken, key: Key[bool | Node], default: When, type: ContentType, loading: Loading
) -> When:
    written = taken[key]
    if written is None:
        return default
    if isinstance(written, bool):
        return ALWAYS_WHEN if written else NEVER_WHEN
    return When(condition=loading.condition(written, type))


def _limit(field: Field, taken: Taken, key: Key[Node], problems: Problems) -> object:
    node = taken[key]
    if node is None or key.name not in field_type(field).options:
        return None
    try:
        return convert(field, node.plain())
    except BadValue:
        problems.add(node.place, Fault.BAD_LIMIT, value=node.plain(), type=field.type)
        return None


def _default(field: Field, taken: Taken, problems: Problems) -> object:
    node = taken[keys.DEFAULT]
    if node is None or "default" not in field_type(field).options:
        return None
    return fixed_value(field, node, problems, Fault.BAD_DEFAULT)


def fixed_value(field: Field, node: Node, problems: Problems, wrong: Fault) -> object:
    """A value written into the config: canonical, or a symbol as its text; `wrong` says of others
    that they are none of the field's type."""
    written = node.plain()
    if isinstance(written, str) and written.startswith("$"):
        symbols = _SYMBOLS.get(field.type, ())
        if written in symbols:
            return written
        if not written.startswith("$$"):
            problems.add(node.place, Fault.BAD_SYMBOL, name=written, known=listed(symbols))
            return None
        written = written[1:]
    try:
        return convert(field, written)
    except BadValue:
        problems.add(node.place, wrong, value=written, type=field.type)
        return None


def _backfill(field: Field, taken: Taken, problems: Problems) -> object:
    """What rows without a value get; only rows of a field that is always required need one."""
    node = taken[keys.BACKFILL]
    if node is None or "backfill" not in field_type(field).options:
        return None
    if field.required != ALWAYS_WHEN or field.visible != ALWAYS_WHEN:
        problems.add(node.place, Fault.BACKFILL_NOT_REQUIRED)
    return _migrated(field, node, problems)


def _old_values(field: Field, taken: Taken, problems: Problems) -> Iterator[tuple[str, object]]:
    """Each written value with what it becomes."""
    node = taken[keys.OLD_VALUES]
    if node is None or "old_values" not in field_type(field).options:
        return
    if not isinstance(node, MapNode):
        problems.add(node.place, Fault.NOT_A_MAPPING)
        return
    for old, entry in node.entries.items():
        if field.choice(old) is not None:
            problems.add(entry.place, Fault.OLD_VALUE_IN_USE, name=old)
        yield old, _migrated(field, entry, problems)


def _migrated(field: Field, node: Node, problems: Problems) -> object:
    try:
        value = convert(field, node.plain())
    except BadValue:
        problems.add(node.place, Fault.BAD_NEW_VALUE, value=node.plain(), type=field.type)
        return None
    return None if value == () else value
