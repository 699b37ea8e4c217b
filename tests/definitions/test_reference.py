"""The generated config reference."""

from __future__ import annotations

from kefu_admin.definitions.condition import Op
from kefu_admin.definitions.field_types import FIELD_TYPES
from kefu_admin.definitions.kinds import KINDS
from kefu_admin.definitions.masks import MASKS
from kefu_admin.definitions.reference import PATH, reference


def test_the_committed_reference_is_current() -> None:
    assert PATH.read_text("utf-8") == reference()


def test_the_reference_names_every_kind_key_type_operator_and_mask() -> None:
    text = reference()

    names = [key.name for kind in KINDS for key in kind.shape.keys]
    names += [*FIELD_TYPES, *MASKS, *(op.value for op in Op)]
    assert [name for name in names if f"`{name}`" not in text] == []
