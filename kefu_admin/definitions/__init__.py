"""What is configured: frozen values read from YAML, without database, web or clock.

The way of a file: `tree` (text to located nodes) → `takers`, `keys` (typed takers that collect
problems) → `*_text` (one reader per kind, beside the dataclass it fills) → `crosscheck` (what
refers to what) → `load`. `fields` and `field_types` hold the closed table of field types;
`values`, `times` and `identifiers` its converters, `text_rules` the normal forms of text, `masks`
what is shown masked, `condition_text` and `formula_text` the two small languages. `schema` and
`reference` describe all this to editors and readers.
"""

from kefu_admin.definitions.load import load, load_texts
from kefu_admin.definitions.project import Project

__all__ = ["Project", "load", "load_texts"]
