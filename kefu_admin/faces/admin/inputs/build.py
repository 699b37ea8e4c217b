"""From fields and a filling to the controls of a form, one builder per field type."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field

from kefu_admin import wording
from kefu_admin.definitions.condition_text import write_condition
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Field, When
from kefu_admin.faces.admin.cells import Shown, cell
from kefu_admin.faces.admin.inputs.filled import NOTHING, Filled
from kefu_admin.faces.admin.inputs.model import ChildRow, FormSection, Input, Option
from kefu_admin.faces.admin.words import Translate, translator
from kefu_admin.operations.reading import FieldView, TypeView
from kefu_admin.problems import FieldError

ANONYMOUS = "more"
_CHILD_INDEX = "__i__"
_FEW_CHOICES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What every builder needs beside the field: the type, its neighbours, where pick-lists lie,
    how values are shown, and which fields may be written. `found` holds what a search without
    script turned up, by control name."""

    type: ContentType
    types: Mapping[str, ContentType]
    views: Mapping[str, TypeView]
    writable: frozenset[str]
    path: str  # of the type's pages, for pick-lists
    region_path: str
    file_path: str
    shown: Shown
    errors: Sequence[FieldError] = ()
    found: Mapping[str, tuple[Option, ...]] = dataclass_field(default_factory=dict)
    new: bool = False

    @property
    def said(self) -> Translate:
        """`_` of the sheet's language."""
        return translator(self.shown.locale)


Builder = Callable[[Field, Input, Filled, Sheet], Input]


def form_sections(
    sheet: Sheet, filled: Filled, *, shown_values: Mapping[str, object] | None = None
) -> tuple[FormSection, ...]:
    """The controls of a record's form, in the configured sections; a field of none comes last.

    `shown_values` are the record's values as read: what may not be written is shown from them.
    """
    fields = sheet.views[sheet.type.id].fields
    placed: set[str] = set()
    sections: list[FormSection] = []
    for section in sheet.type.sections:
        names = [name for name in section.fields if name in fields and name not in placed]
        placed.update(names)
        inputs = _inputs(names, fields, sheet, filled, shown_values)
        if inputs:
            sections.append(
                FormSection(
                    id=section.id,
                    label=section.label.text(sheet.shown.locale),
                    inputs=inputs,
                    columns=section.columns,
                )
            )
    rest = [name for name in fields if name not in placed and not fields[name].field.system]
    inputs = _inputs(rest, fields, sheet, filled, shown_values)
    if inputs:
        label = sheet.said("其他信息") if sections else ""
        sections.append(FormSection(id=ANONYMOUS, label=label, inputs=inputs))
    return tuple(sections)


def _inputs(
    names: Sequence[str],
    fields: Mapping[str, FieldView],
    sheet: Sheet,
    filled: Filled,
    shown_values: Mapping[str, object] | None,
) -> tuple[Input, ...]:
    found = []
    for name in names:
        field = fields[name].field
        if name in sheet.writable:
            found.append(control(field, filled, sheet))
        elif not sheet.new and shown_values is not None and name in shown_values:
            found.append(_static(field, shown_values[name], name in filled.masked, sheet))
    return tuple(found)


def _static(field: Field, value: object, masked: bool, sheet: Sheet) -> Input:
    return Input(
        name="",
        id=f"f-{field.id}",
        label=field.label.text(sheet.shown.locale),
        kind="static",
        text=cell(field, value, sheet.shown, masked=masked).text,
        wide=field.type in ("long_text", "children"),
        visible=_condition(field.visible, sheet),
    )


def control(field: Field, filled: Filled, sheet: Sheet, *, prefix: str = "f.") -> Input:
    """One field's control."""
    locale = sheet.shown.locale
    name = f"{prefix}{field.id}"
    place = name.removeprefix("f.")
    base = Input(
        name=name,
        id=name.replace(".", "-"),
        label=field.label.text(locale),
        kind="text",
        value=filled.text(field.id),
        values=filled.many(field.id),
        help=field.help.text(locale),
        unit=field.unit.text(locale),
        required=field.required.always,
        masked=filled.masked.get(field.id, ""),
        errors=_errors(place, sheet),
        max_length=field.max_length if field.type in ("text", "address", "email") else 0,
        least=_limit(field.min),
        most=_limit(field.max),
        visible=_condition(field.visible, sheet),
        required_if=_condition(field.required, sheet),
        read_only_if=_condition(field.read_only, sheet, always=True),
    )
    return BUILDERS[field.type](field, base, filled, sheet)


def _errors(place: str, sheet: Sheet) -> tuple[str, ...]:
    """What was refused at this place; children rows are named `contacts[0].phone`."""
    parts = place.split(".")
    written = f"{parts[0]}[{parts[1]}].{parts[2]}" if len(parts) == 3 else place
    return tuple(
        wording.field_error(error, sheet.shown.locale)
        for error in sheet.errors
        if error.field == written
    )


def _limit(value: object) -> str:
    return "" if value is None else str(value)


def _condition(when: When, sheet: Sheet, *, always: bool = False) -> str:
    """The condition as JSON for the browser, "" when there is none to follow."""
    if when.condition is None:
        return "true" if always and when.always else ""
    plain = write_condition(when.condition, sheet.type, sheet.types)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), default=str)


def _plain(kind: str, **more: object) -> Builder:
    def build(field: Field, base: Input, filled: Filled, sheet: Sheet) -> Input:
        return replace(base, kind=kind, **more)  # type: ignore[arg-type]  # names of Input

    return build


def _duration(field: Field, base: Input, filled: Filled, sheet: Sheet) -> Input:
    return replace(base, kind="number", unit=base.unit or sheet.said("分钟"))


def _boolean(field: Field, base: Input, filled: Filled, sheet: Sheet) -> Input:
    options = [Option("true", sheet.said("是")), Option("false", sheet.said("否"))]
    if not field.required.always:
        options.append(Option("", sheet.said("未填")))
    return replace(base, kind="radio", options=_chosen(options, {base.value}))


def _choice(field: Field, base: Input, filled: Filled, sheet: Sheet) -> Input:
    options = _choices(field, {base.value}, sheet)
    if field.required.always and len(options) <= _FEW_CHOICES:
        return replace(base, kind="radio", options=options)
    return replace(base, kind="select", options=options)


def _multi_choice(field: Field, base: Input, filled: Filled, sheet: Sheet) -> Input:
    return replace(base, kind="checks", options=_choices(field, set(base.values), sheet))


def _choices(field: Field, chosen: set[str], sheet: Sheet) -> tuple[Option, ...]:
    """The choices in use, and retired ones only where they stand already."""
    locale = sheet.shown.locale
    options = [
        Option(choice.id, choice.label.text(locale))
        for choice in field.choices
        if not choice.retired or choice.id in chosen
    ]
    return _chosen(options, chosen)


def _chosen(options: Sequence[Option], chosen: set[str]) -> tuple[Option, ...]:
    return tuple(replace(option, chosen=option.id in chosen) for option in options)


def _pick(field: Field, base: Input, filled: Filled, sheet: Sheet) -> Input:
    many = field.type == "references"
    ids = base.values if many else (base.value,) if base.value else ()
    options = tuple(Option(id, filled.labels.get((field.id, id), id), True) for id in ids)
    options += tuple(o for o in sheet.found.get(base.name, ()) if o.id not in ids)
    picker = f"{sheet.path}choices/{_owner_path(base, field)}"
    return replace(base, kind="pick", options=options, multiple=many, picker=picker)


def _owner_path(base: Input, field: Field) -> str:
    """The field's path for the pick-list: `contacts.role_of` inside a children table."""
    parts = base.name.split(".")
    return f"{parts[1]}.{field.id}" if len(parts) == 4 else field.id


def _region(field: Field, base: Input, filled: Filled, sheet: Sheet) -> Input:
    label = filled.labels.get((field.id, base.value), base.value)
    options: tuple[Option, ...] = (Option(base.value, label, True),) if base.value else ()
    options += tuple(o for o in sheet.found.get(base.name, ()) if o.id != base.value)
    return replace(base, kind="pick", options=options, picker=sheet.region_path)


def _files(field: Field, base: Input, filled: Filled, sheet: Sheet) -> Input:
    kept = {*base.values, base.value}
    return replace(
        base,
        kind="files",
        multiple=field.type in ("attachments", "images"),
        options=tuple(
            Option(str(file.id), file.name, str(file.id) in kept)
            for file in filled.files.get(field.id, ())
        ),
        accept="image/*" if field.type in ("image", "images") else "",
        link=sheet.file_path,
        wide=True,
    )


def _children(field: Field, base: Input, filled: Filled, sheet: Sheet) -> Input:
    below = replace(sheet, type=sheet.types[field.to])
    rows = tuple(
        _child_row(field, str(index), row, below) for index, row in enumerate(filled.rows(field.id))
    )
    blank = _child_row(field, _CHILD_INDEX, NOTHING, below)
    return replace(base, kind="rows", columns=blank.inputs, rows=rows, blank=blank, wide=True)


def _child_row(field: Field, index: str, row: Filled, below: Sheet) -> ChildRow:
    inputs = child_inputs(field, index, row, below)
    return ChildRow(
        index=index,
        id=row.id,
        version=row.version,
        inputs=inputs,
        errors=tuple(
            wording.field_error(error, below.shown.locale)
            for error in below.errors
            if error.field == f"{field.id}[{index}]"
        ),
    )


def child_inputs(field: Field, index: str, row: Filled, below: Sheet) -> tuple[Input, ...]:
    """The controls of one child row: what may be written of it, without the way back."""
    views = below.views.get(field.to)
    if views is None:
        return ()
    prefix = f"f.{field.id}.{index}."
    return tuple(
        control(view.field, row, below, prefix=prefix)
        for view in views.fields.values()
        if view.id != field.by and (view.edit or view.create) and not view.field.system
        if BUILDERS[view.field.type] is not _unwritten
        if view.field.type not in ("children", "attachment", "attachments", "image", "images")
    )


def _unwritten(field: Field, base: Input, filled: Filled, sheet: Sheet) -> Input:
    return replace(base, kind="static", text=base.value or sheet.said("保存后自动生成"))


BUILDERS: Mapping[str, Builder] = {
    "text": _plain("text"),
    "long_text": _plain("textarea", wide=True),
    "integer": _plain("number"),
    "decimal": _plain("number"),
    "money": _plain("number"),
    "boolean": _boolean,
    "date": _plain("date"),
    "datetime": _plain("datetime"),
    "time": _plain("time"),
    "duration": _duration,
    "choice": _choice,
    "multi_choice": _multi_choice,
    "tags": _plain("tags"),
    "phone": _plain("tel"),
    "id_number": _plain("code"),
    "email": _plain("email"),
    "url": _plain("url"),
    "region": _region,
    "address": _plain("text", wide=True),
    "person": _pick,
    "department": _pick,
    "reference": _pick,
    "references": _pick,
    "children": _children,
    "attachment": _files,
    "attachments": _files,
    "image": _files,
    "images": _files,
    "number": _unwritten,
    "computed": _unwritten,
    "rollup": _unwritten,
}
