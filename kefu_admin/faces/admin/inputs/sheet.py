"""What every builder of a control needs beside the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Field
from kefu_admin.faces.admin.cells import Shown
from kefu_admin.faces.admin.inputs.filled import Filled
from kefu_admin.faces.admin.inputs.model import Input, Option
from kefu_admin.faces.admin.words import Translate, translator
from kefu_admin.operations.reading import TypeView
from kefu_admin.problems import FieldError


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
