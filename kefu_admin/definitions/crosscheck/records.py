"""What a content type says of its own fields: title, owner, search, unique, sections and so on."""

from __future__ import annotations

from kefu_admin.definitions import content_type_text as keys
from kefu_admin.definitions import layout_text, likeness_text
from kefu_admin.definitions.condition import All, Any_, Compare, Condition, Literal, Not, Op, Path
from kefu_admin.definitions.condition_text import depends_on_now
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.faults import Fault
from kefu_admin.definitions.field_types import storage, value_type
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.keys import Key, Taken
from kefu_admin.definitions.loading import Loading, TypeDraft
from kefu_admin.problems import Place

SEARCHED = frozenset(
    {"text", "long_text", "phone", "id_number", "email", "url", "address", "number"}
)
_TITLES = frozenset({Storage.TEXT, Storage.INTEGER, Storage.DATE, Storage.INSTANT})
_KEYS = _TITLES | {Storage.BOOLEAN, Storage.LINK, Storage.SECRET}
_COMPARED = frozenset({"text", "phone", "id_number", "email", "url"})
_INDEXABLE = frozenset(
    {Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE, Op.BETWEEN, Op.IN, Op.NOT_IN, Op.IS_EMPTY}
)


def check_records(loading: Loading) -> None:
    """Every content type."""
    for draft in loading.drafts.values():
        _check_title(draft, loading)
        _check_named(draft, keys.OWNER, "person", loading)
        _check_named(draft, keys.DEPARTMENT, "department", loading)
        _check_secrecy(draft, loading)
        _check_search(draft, loading)
        _check_uniques(draft, loading)
        _check_sections(draft, loading)
        _check_summary(draft, loading)
        _check_order(draft, loading)
        _check_alike(draft, loading)
        for index, names in enumerate(draft.taken.get(keys.INDEXES, ())):
            for position, name in enumerate(names):
                _check_key(draft.taken.at(keys.INDEXES, index, position), name, draft, loading)
        for check in draft.taken.get(keys.CHECKS, ()):
            _exist(check, keys.CHECK_FIELDS, draft.type, loading)


def _exist(taken: Taken, key: Key[tuple[str, ...]], type: ContentType, loading: Loading) -> None:
    for index, name in enumerate(taken.get(key, ())):
        loading.field(taken.at(key, index), type, name)


def _check_title(draft: TypeDraft, loading: Loading) -> None:
    type, place = draft.type, draft.taken.at(keys.TITLE)
    if not draft.taken.has(keys.TITLE):
        if type.title == "id" and not type.owned_by and draft.fields:
            loading.problems.add(type.place, Fault.NOTHING_STANDS_FOR_IT)
    elif type.title and loading.field(place, type, type.title):
        field = type.fields[type.title]
        if storage(field) not in _TITLES or value_type(field).many:
            loading.problems.add(place, Fault.TITLE_UNREADABLE, name=field.id)


def _check_named(draft: TypeDraft, key: Key[str], wanted: str, loading: Loading) -> None:
    name = draft.taken[key]
    place = draft.taken.at(key)
    if name and loading.field(place, draft.type, name):
        field = draft.type.fields[name]
        if field.type != wanted:
            _wrong(place, field, wanted, loading)


def _wrong(place: Place, field: Field, wanted: str, loading: Loading) -> None:
    loading.problems.add(
        place, Fault.WRONG_FIELD_TYPE, name=field.id, type=field.type, known=wanted
    )


def _check_secrecy(draft: TypeDraft, loading: Loading) -> None:
    name, place = draft.taken[keys.SECRECY], draft.taken.at(keys.SECRECY)
    if not name or not loading.field(place, draft.type, name):
        return
    field = draft.type.fields[name]
    if field.type != "choice" or field.choices != loading.settings.level_choices():
        _wrong(place, field, "choice (choices: secrecy_levels)", loading)


def _check_search(draft: TypeDraft, loading: Loading) -> None:
    for index, name in enumerate(draft.taken.get(keys.SEARCH, ())):
        place = draft.taken.at(keys.SEARCH, index)
        if loading.field(place, draft.type, name):
            field = draft.type.fields[name]
            if not _is_searchable(field, loading):
                loading.problems.add(place, Fault.SEARCH_NOT_TEXT, name=name)
            elif field.encrypted:
                loading.problems.add(place, Fault.SEARCH_ENCRYPTED, name=name)


def _is_searchable(field: Field, loading: Loading) -> bool:
    """A text, or a reference to a type that is found by texts of its own."""
    target = loading.drafts.get(field.to) if field.type == "reference" else None
    if target is None:
        return field.type == "reference" or value_type(field).id in SEARCHED
    named = (target.type.fields.get(name) for name in target.taken.get(keys.SEARCH, ()))
    return any(one is not None and value_type(one).id in SEARCHED for one in named)


def _check_uniques(draft: TypeDraft, loading: Loading) -> None:
    written = draft.taken.get(keys.UNIQUE, ())
    for unique, taken in zip(draft.type.unique, written, strict=False):
        for index, name in enumerate(unique.fields):
            _check_key(taken.at(keys.UNIQUE_FIELDS, index), name, draft, loading)
        if unique.where is None:
            continue
        place = taken.at(keys.UNIQUE_WHERE)
        if depends_on_now(unique.where):
            loading.problems.add(place, Fault.MOVES_WITH_TIME)
        elif not _own_and_fixed(unique.where, draft.type):
            loading.problems.add(place, Fault.UNIQUE_WHERE_OWN)


def _check_key(place: Place, name: str, draft: TypeDraft, loading: Loading) -> None:
    if loading.field(place, draft.type, name):
        field = draft.type.fields[name]
        moves = field.formula is not None and field.formula.uses_now
        if storage(field) not in _KEYS or moves:
            loading.problems.add(place, Fault.UNIQUE_UNSUITED, name=name, type=field.type)


def _check_alike(draft: TypeDraft, loading: Loading) -> None:
    for taken in draft.taken.get(likeness_text.ALIKE, ()):
        name, place = taken.get(likeness_text.ALIKE_FIELD, ""), taken.at(likeness_text.ALIKE_FIELD)
        if not name or not loading.field(place, draft.type, name):
            continue
        field = draft.type.fields[name]
        if field.type not in _COMPARED:
            loading.problems.add(place, Fault.ALIKE_UNSUITED, name=name, type=field.type)
        elif taken.has(likeness_text.ALIKE_WITHOUT) and name not in draft.type.search:
            loading.problems.add(place, Fault.ALIKE_NOT_SEARCHED, name=name)


def _own_and_fixed(condition: Condition, type: ContentType) -> bool:
    """Whether it compares the record's own fields with fixed values: an index can hold it."""
    match condition:
        case Compare(left=Path(names=(name,)), op=op, right=Literal(value=value)):
            field = type.fields[name]
            rests_there = storage(field) in _KEYS and not field.encrypted
            return op in _INDEXABLE and rests_there and "\\" not in str(value)
        case All(parts=parts) | Any_(parts=parts):
            return all(_own_and_fixed(part, type) for part in parts)
        case Not(part=part):
            return _own_and_fixed(part, type)
        case _:
            return False


def _check_sections(draft: TypeDraft, loading: Loading) -> None:
    shown: dict[str, str] = {}
    for section in draft.taken.get(layout_text.SECTIONS, ()):
        id = section.get(layout_text.SECTION_ID, "")
        _exist(section, layout_text.SECTION_FIELDS, draft.type, loading)
        for index, name in enumerate(section.get(layout_text.SECTION_FIELDS, ())):
            if name in shown and shown[name] != id:
                loading.problems.add(
                    section.at(layout_text.SECTION_FIELDS, index), Fault.FIELD_IN_TWO_SECTIONS,
                    name=name, section=shown[name],
                )  # fmt: skip
            shown.setdefault(name, id)


def _check_summary(draft: TypeDraft, loading: Loading) -> None:
    for index, name in enumerate(draft.taken.get(layout_text.SUMMARY, ())):
        place = draft.taken.at(layout_text.SUMMARY, index)
        if loading.field(place, draft.type, name):
            field = draft.type.fields[name]
            if storage(field) in (Storage.ROWS, Storage.FILES):
                loading.problems.add(place, Fault.SUMMARY_UNSUITED, name=name, type=field.type)


def _check_order(draft: TypeDraft, loading: Loading) -> None:
    name, place = draft.taken[keys.ORDER], draft.taken.at(keys.ORDER)
    if not name or not loading.field(place, draft.type, name):
        return
    field = draft.type.fields[name]
    if not draft.type.owned_by:
        loading.problems.add(place, Fault.ORDER_NOT_OWNED)
    elif field.type != "integer" or storage(field) is not Storage.INTEGER:
        _wrong(place, field, "integer", loading)
