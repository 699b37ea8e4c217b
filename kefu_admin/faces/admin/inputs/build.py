"""From fields and a filling to the controls of a form, one builder per field type."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kefu_admin import wording
from kefu_admin.definitions.condition_text import write_condition
from kefu_admin.definitions.field_types import shown_as
from kefu_admin.definitions.fields import Field, When
from kefu_admin.faces.admin.cells import cell
from kefu_admin.faces.admin.inputs.filled import NOTHING, Filled
from kefu_admin.faces.admin.inputs.kinds import KINDS, unwritten
from kefu_admin.faces.admin.inputs.model import ChildRow, FormSection, Input
from kefu_admin.faces.admin.inputs.sheet import Builder, Sheet
from kefu_admin.operations.reading import FieldView

ANONYMOUS = "more"
_CHILD_INDEX = "__i__"


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
        if len(inputs) == 1 and inputs[0].kind == "rows":
            inputs = (replace(inputs[0], label=""),)  # the section's title says it already
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
    return BUILDERS[shown_as(field.type)](field, base, filled, sheet)


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


def _children(field: Field, base: Input, filled: Filled, sheet: Sheet) -> Input:
    below = replace(sheet, type=sheet.types[field.to])
    rows = tuple(
        _child_row(field, str(index), row, below) for index, row in enumerate(filled.rows(field.id))
    )
    blank = _child_row(field, _CHILD_INDEX, NOTHING, below)
    order = below.type.order
    if f"{base.name}.{_CHILD_INDEX}.{order}" not in {one.name for one in blank.inputs}:
        order = ""
    return replace(
        base, kind="rows", columns=blank.inputs, rows=rows, blank=blank, wide=True, order=order
    )


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
        if BUILDERS[shown_as(view.field.type)] is not unwritten
        if view.field.type not in ("children", "attachment", "attachments", "image", "images")
    )


BUILDERS: Mapping[str, Builder] = {**KINDS, "children": _children}
"""One builder per field type of ours."""
