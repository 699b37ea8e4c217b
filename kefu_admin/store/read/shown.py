"""Values that do not come from a SELECT of the record (its history), shown by the row's rights."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from kefu_admin.definitions.builtin import target_type
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import plain, storage, value_type
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.masks import HIDDEN, MASKS
from kefu_admin.store import attachments
from kefu_admin.store.change.rows import Reader
from kefu_admin.store.query import File, Ref
from kefu_admin.store.read.labels import Labels
from kefu_admin.store.read.sight import Sight
from kefu_admin.store.rules import RowRights


class Wanted:
    """What the values of one answer refer to: gathered from all of its records, read once."""

    def __init__(self, sight: Sight) -> None:
        self.labels = Labels(sight)
        self.file_ids: set[int] = set()
        self._sight = sight
        self._store = sight.store
        self._gone: dict[str, frozenset[int]] = {}

    def row(self, type_id: str, record_id: int) -> Ref | None:
        """An owned row: with its title where it is there and seen, with its number where it is
        gone; None where it is not the asker's to see."""
        there = self.labels.ref(type_id, record_id)
        if there is not None or self._sight.rules(type_id) is None:
            return there
        if type_id not in self._gone:
            ids = self.labels.wanted(type_id)
            stored = Reader(self._store).load(type_id, sorted(ids))
            self._gone[type_id] = ids - stored.keys()
        gone = record_id in self._gone[type_id]
        return Ref(record_id, f"#{record_id}") if gone else None

    @cached_property
    def files(self) -> Mapping[int, File]:
        """The wanted files that are there, by id."""
        there = attachments.by_ids(self._store, sorted(self.file_ids))
        return {id: File(id, one.name, one.size, one.media_type) for id, one in there.items()}


class Shown:
    """Canonical values of one record as the asker may see them. `want` gathers labels first."""

    def __init__(
        self, sight: Sight, type: ContentType, rights: RowRights, wanted: Wanted | None = None
    ) -> None:
        self._type = type
        self._rights = rights
        self._wanted = wanted or Wanted(sight)

    @property
    def see(self) -> frozenset[str]:
        """The fields seen in full."""
        return self._rights.see

    def want(self, values: Mapping[str, object]) -> None:
        """Note the references whose labels `values` will need."""
        for name, value in values.items():
            one = self._type.fields.get(name)
            target = _target(one) if one is not None and name in self._rights.see else ""
            for member in value if isinstance(value, tuple) else (value,):
                if target and isinstance(member, int):
                    self._wanted.labels.want(target, member)
                elif isinstance(member, int) and name in self._rights.see and _is_file(one):
                    self._wanted.file_ids.add(member)

    def want_person(self, id: int | None) -> None:
        """Note a person whose name will be needed."""
        if id is not None:
            self._wanted.labels.want("person", id)

    def person(self, id: int | None) -> Ref | None:
        """The person with his name."""
        return None if id is None else self._wanted.labels.ref("person", id)

    def values(
        self, values: Mapping[str, object], unfit: frozenset[str] = frozenset()
    ) -> dict[str, object]:
        """What may be shown of them: hidden fields and references that may not be followed are
        left out, masked ones masked. Values their type does not take any more (`unfit`) are texts,
        or hidden where the field is masked."""
        shown: dict[str, object] = {}
        for name, value in values.items():
            one = self._type.fields.get(name)
            if one is None:
                continue
            if name in unfit:
                if name in self._rights.see | self._rights.masked:
                    shown[name] = HIDDEN if name in self._rights.masked else str(value)
                continue
            if name in self._rights.masked:
                empty = value is None or value == ()
                shown[name] = None if empty else MASKS[one.mask or "all"](str(plain(one, value)))
            elif name in self._rights.see:
                target = _target(one)
                if _is_file(one) and value is not None:
                    shown[name] = self._shown_files(value)
                elif not target or value is None:
                    shown[name] = value
                elif isinstance(value, tuple):
                    named = self._wanted.row if _is_rows(one) else self._wanted.labels.ref
                    refs = [named(target, m) for m in value if isinstance(m, int)]
                    shown[name] = tuple(ref for ref in refs if ref is not None)
                elif isinstance(value, int) and (ref := self._wanted.labels.ref(target, value)):
                    shown[name] = ref
        return shown

    def _shown_files(self, value: object) -> object:
        """The files that are still there; several of them are a tuple."""
        files = self._wanted.files
        if isinstance(value, tuple):
            return tuple(files[id] for id in value if id in files)
        return files.get(value) if isinstance(value, int) else None


def _is_file(one: Field | None) -> bool:
    return one is not None and storage(one) is Storage.FILES


def _is_rows(one: Field) -> bool:
    return storage(one) is Storage.ROWS


def _target(one: Field) -> str:
    """The type whose records the field's values are; "" for plain values."""
    rests = storage(one)
    if rests is Storage.LINK or rests is Storage.LINKS:
        return target_type(value_type(one).id, one.to)
    return one.to if rests is Storage.ROWS else ""
