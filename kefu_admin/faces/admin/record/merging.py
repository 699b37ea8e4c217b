"""A form made from an older version of its record, put together with what others did since.

What they changed and was left alone here is taken over; what was changed here stays; where both
did, what was typed stays too and the person is shown all three values and may take theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import convert
from kefu_admin.definitions.fields import BadValue, Field
from kefu_admin.faces.admin import inputs
from kefu_admin.faces.admin.cells import NOTHING, Shown, cell
from kefu_admin.faces.admin.inputs import Filled
from kefu_admin.faces.admin.record.forms import PICKED
from kefu_admin.faces.admin.record.history import Change
from kefu_admin.operations.reading import Difference, RowChange, RowDifference
from kefu_admin.store.query import Ref, Row


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that holds another value now than was typed. `was`: when the form was opened, None
    where that cannot be told; `name`: the field, "" within an owned row."""

    label: str
    was: str | None
    now: str
    mine: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The form to go on with, what clashes in it, and what was taken over from others."""

    filled: Filled
    clashes: tuple[Clash, ...] = ()
    taken: tuple[Change, ...] = ()

    @property
    def three_way(self) -> bool:
        """Whether it is known what the form was opened with."""
        return any(one.was is not None for one in self.clashes)


def merged(
    content: ContentType,
    row: Row,
    since: Difference | None,
    filled: Filled,
    *,
    types: Mapping[str, ContentType],
    shown: Shown,
) -> Merged:
    """The form merged with the record as it is now.

    Args:
        since: what differs between the form's version and now; None where the person may not
            know: then whatever was typed differently counts as a clash.
    """
    merge = _Merge(types, shown)
    result = merge.fields(content, row, since, filled, lead="")
    return Merged(filled=result, clashes=tuple(merge.clashes), taken=tuple(merge.taken))


@dataclass
class _Merge:
    types: Mapping[str, ContentType]
    shown: Shown
    clashes: list[Clash] = field(default_factory=list)
    taken: list[Change] = field(default_factory=list)

    def fields(
        self,
        content: ContentType,
        row: Row,
        since: Difference | RowDifference | None,
        filled: Filled,
        *,
        lead: str,
    ) -> Filled:
        """The filling of one row, an owned one when it has a `lead` before its labels."""
        now = inputs.from_row(content, row, self.types, self.shown.zone)
        texts, labels = dict(filled.texts), {**now.labels, **filled.labels}
        for name, typed in filled.texts.items():
            one = content.fields.get(name)
            if one is None or name in row.masked:
                continue
            if one.type == "children":
                texts[name] = self._rows(one, row, since, filled)
                continue
            nothing: object = () if isinstance(typed, tuple) else ""
            current = now.texts.get(name, nothing)
            if typed == current:
                continue
            was = self._was(one, since, current, nothing)
            if was == typed:
                texts[name] = current
                self._take(lead, one, since, row)
            elif was is None or was != current:
                self._clash(lead, one, since, row, filled)
        return replace(filled, texts=texts, labels=labels, masked=now.masked)

    def _was(
        self,
        one: Field,
        since: Difference | RowDifference | None,
        current: object,
        nothing: object,
    ) -> object:
        """The text the form was opened with; None where that cannot be told."""
        if since is None:
            return None
        if one.id not in since.before and one.id not in since.after:
            return current
        before = since.before.get(one.id)
        return nothing if before is None else inputs.raw_text(one, before, self.shown.zone)

    def _take(
        self, lead: str, one: Field, since: Difference | RowDifference | None, row: Row
    ) -> None:
        assert since is not None  # where nothing is known, nothing is taken over
        self.taken.append(
            Change(
                lead + one.label.text(self.shown.locale),
                cell(one, since.before.get(one.id), self.shown).text,
                cell(one, row.values.get(one.id), self.shown).text,
            )
        )

    def _clash(
        self,
        lead: str,
        one: Field,
        since: Difference | RowDifference | None,
        row: Row,
        filled: Filled,
    ) -> None:
        now = cell(one, row.values.get(one.id), self.shown).text
        mine = typed_text(one, filled, self.shown)
        if now == mine:
            return
        was = None if since is None else cell(one, since.before.get(one.id), self.shown).text
        label = lead + one.label.text(self.shown.locale)
        self.clashes.append(Clash(label, was, now, mine, "" if lead else one.id))

    def _rows(
        self, one: Field, row: Row, since: Difference | RowDifference | None, filled: Filled
    ) -> tuple[Filled, ...]:
        """The owned rows: typed ones merged with what they are now, those added since behind."""
        content, title = self.types[one.to], one.label.text(self.shown.locale)
        value = row.values.get(one.id)
        now = (
            {str(each.id): each for each in value if isinstance(each, Row)}
            if isinstance(value, tuple)
            else {}
        )
        told = {str(each.row.id): each for each in since.rows.get(one.id, ())} if since else {}
        rows = []
        for typed in filled.rows(one.id):
            there = now.get(typed.id)
            if not typed.id or (there is not None and typed.version == str(there.version)):
                rows.append(typed)
            elif there is not None:
                lead = f"{title}“{there.title}” "
                kept = self.fields(content, there, _told(told.get(typed.id)), typed, lead=lead)
                rows.append(replace(kept, version=str(there.version)))
            elif self._was_typed_in(content, told.get(typed.id), typed):
                rows.append(replace(typed, id="", version=""))
                self.clashes.append(Clash(title, None, NOTHING, _summary(content, typed)))
            else:
                self.taken.append(Change(title, _summary(content, typed), NOTHING))
        typed_ids = {typed.id for typed in filled.rows(one.id)}
        for id, there in now.items():
            added = id in told and told[id].change is RowChange.ADDED
            if id not in typed_ids and (added or since is None):  # unknown: rather back than lost
                rows.append(inputs.from_row(content, there, self.types, self.shown.zone))
                self.taken.append(Change(title, NOTHING, there.title))
        return tuple(rows)

    def _was_typed_in(
        self, content: ContentType, gone: RowDifference | None, typed: Filled
    ) -> bool:
        """Whether a row that others removed was changed in the form: then it is kept."""
        if gone is None:
            return True
        for name, text in typed.texts.items():
            one, nothing = content.fields.get(name), () if isinstance(text, tuple) else ""
            if one is None or name in gone.masked:
                continue
            value = gone.before.get(name)
            was = nothing if value is None else inputs.raw_text(one, value, self.shown.zone)
            if text != was:
                return True
        return False


def _told(difference: RowDifference | None) -> RowDifference | None:
    """The difference, unless the person may only know that there is one."""
    if difference is None or not (difference.before or difference.after):
        return None
    return difference


def _summary(content: ContentType, typed: Filled) -> str:
    return typed.text(content.title) or next(
        (text for name in typed.texts if (text := typed.text(name))), NOTHING
    )


def masked_texts(row: Row | None) -> dict[str, str]:
    """What stands masked in the record, by field; an empty field hides nothing."""
    if row is None:
        return {}
    shown = ((name, row.values.get(name)) for name in row.masked)
    return {name: str(value) for name, value in shown if value is not None}


def typed_text(one: Field, filled: Filled, shown: Shown) -> str:
    """What was typed, set like a stored value; the bare text where it is none."""
    typed = filled.texts.get(one.id)
    if one.type in PICKED:
        ids = typed if isinstance(typed, tuple) else (typed,)
        refs = tuple(Ref(0, filled.labels.get((one.id, str(id)), str(id))) for id in ids if id)
        joint = ", " if shown.locale == "en" else "、"
        return joint.join(ref.label for ref in refs) or NOTHING
    try:
        return cell(one, convert(one, typed), shown).text
    except BadValue:
        return str(typed)
