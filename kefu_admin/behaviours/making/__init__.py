"""Invented but realistic values for demo data: one small maker per word of `seeds/generate.yaml`.

Pure and deterministic: the same `Random`, kit and instructions give the same values. Phones use
prefixes the regulator has not allotted and id numbers use region codes that do not exist, with
right check digits: both pass our checks and belong to nobody.

- `kit`: what makers draw from · `values`: one maker each · `rows`: instructions read into makers
"""

from kefu_admin.behaviours.making.kit import BadInstruction, Kit
from kefu_admin.behaviours.making.rows import MAKERS, RowMaker, row_maker
from kefu_admin.behaviours.making.values import ID_REGIONS, PHONE_PREFIXES, id_check_digit

__all__ = [
    "ID_REGIONS",
    "MAKERS",
    "PHONE_PREFIXES",
    "BadInstruction",
    "Kit",
    "RowMaker",
    "id_check_digit",
    "row_maker",
]
