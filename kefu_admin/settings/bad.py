"""What is raised for a setting that cannot be used."""

from __future__ import annotations


class BadSetting(Exception):
    """A setting cannot be used. `code` picks the sentence in `wording`, `facts` fill it."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(f"{code} {facts}")
