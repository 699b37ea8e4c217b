"""The control of each field type but children."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kefu_admin.definitions.fields import Field
from kefu_admin.faces.admin.inputs.filled import Filled
from kefu_admin.faces.admin.inputs.model import Input, Option
from kefu_admin.faces.admin.inputs.sheet import Builder, Sheet

_FEW_CHOICES = 4


def _plain(kind: str, **more: object) -> Builder:
    def build(field: Field, base: Input, filled: Filled, sheet: Sheet) -> Input:
        return replace(base, kind=kind, **more)  # type: ignore[arg-type]  # names of Input

    return build


def _duration(field: Field, base: Input, filled: Filled, sheet: Sheet) -> Input:
    return replace(base, kind="number", unit=base.unit or sheet.said("分钟"))


def _boolean(field: Field, base: Input, filled: Filled, sheet: Sheet) -> Input:
    options = [Option("true", sheet.said("是")), Option("false", sheet.said("否"))]
    if _in_row(base):
        return replace(base, kind="select", options=_chosen(options, {base.value}))
    if not field.required.always:
        options.append(Option("", sheet.said("未填")))
    return replace(base, kind="radio", options=_chosen(options, {base.value}))


def _in_row(base: Input) -> bool:
    """Whether the control stands in a children table, where room is scarce."""
    return base.name.count(".") > 1


def _choice(field: Field, base: Input, filled: Filled, sheet: Sheet) -> Input:
    options = _choices(field, {base.value}, sheet)
    if field.required.always and len(options) <= _FEW_CHOICES and not _in_row(base):
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
            Option(
                str(file.id),
                file.name,
                str(file.id) in kept,
                image=file.media_type.startswith("image/"),
            )
            for file in filled.files.get(field.id, ())
        ),
        accept="image/*" if field.type in ("image", "images") else "",
        link=sheet.file_path,
        wide=True,
    )


def unwritten(field: Field, base: Input, filled: Filled, sheet: Sheet) -> Input:
    return replace(base, kind="static", text=base.value or sheet.said("保存后自动生成"))


KINDS: Mapping[str, Builder] = {
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
    "attachment": _files,
    "attachments": _files,
    "image": _files,
    "images": _files,
    "number": unwritten,
    "computed": unwritten,
    "rollup": unwritten,
}
