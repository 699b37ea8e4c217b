"""Values that do not come from a SELECT of the record (its history), shown by the row's rights."""

from __future__ import annotations

from collections.abc import Mapping

from kefu_admin.definitions.builtin import target_type
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import plain, storage, value_type
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.masks import MASKS
from kefu_admin.store.query import Ref
from kefu_admin.store.read.labels import Labels
from kefu_admin.store.read.sight import Sight
from kefu_admin.store.rules import RowRights


class Shown:
    """Canonical values of one record as the asker may see them. `want` gathers labels first."""

    def __init__(self, sight: Sight, type: ContentType, rights: RowRights) -> None:
        self._type = type
        self._rights = rights
        self._labels = Labels(sight)

    def want(self, values: Mapping[str, object]) -> None:
        """Note the references whose labels `values` will need."""
        for name, value in values.items():
            one = self._type.fields.get(name)
            target = _target(one) if one is not None and name in self._rights.see else ""
            for member in value if isinstance(value, tuple) else (value,):
                if target and isinstance(member, int):
                    self._labels.want(target, member)

    def want_person(self, id: int | None) -> None:
        """Note a person whose name will be needed."""
        if id is not None:
            self._labels.want("person", id)

    def person(self, id: int | None) -> Ref | None:
        """The person with his name."""
        return None if id is None else self._labels.ref("person", id)

    def values(self, values: Mapping[str, object]) -> dict[str, object]:
        """What may be shown of them: hidden fields and references that may not be followed are
        left out, masked ones masked."""
        shown: dict[str, object] = {}
        for name, value in values.items():
            one = self._type.fields.get(name)
            if one is None:
                continue
            if name in self._rights.masked:
                empty = value is None or value == ()
                shown[name] = None if empty else MASKS[one.mask or "all"](str(plain(one, value)))
            elif name in self._rights.see:
                target = _target(one)
                if not target or value is None:
                    shown[name] = value
                elif isinstance(value, tuple):
                    refs = [self._labels.ref(target, m) for m in value if isinstance(m, int)]
                    shown[name] = tuple(ref for ref in refs if ref is not None)
                elif isinstance(value, int) and (ref := self._labels.ref(target, value)):
                    shown[name] = ref
        return shown


def _target(one: Field) -> str:
    """The type whose records the field's values are; "" for plain values."""
    rests = storage(one)
    if rests is Storage.LINK or rests is Storage.LINKS:
        return target_type(value_type(one).id, one.to)
    return one.to if rests is Storage.ROWS else ""
