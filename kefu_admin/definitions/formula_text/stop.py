"""The exception that ends reading a formula at its first fault."""

from __future__ import annotations

from collections.abc import Iterable

from kefu_admin.definitions.troubles import Trouble


class Stop(Exception):
    """One trouble with its facts; with `known` names it becomes "did you mean"."""

    def __init__(self, trouble: Trouble, **facts: object) -> None:
        self.trouble = trouble
        self.facts = facts
        self.known: list[str] | None = None
        self.name = ""
        self.far = trouble
        super().__init__(trouble.name, facts)

    def among(self, name: str, known: Iterable[str], far: Trouble) -> Stop:
        """The same, `name` being none of `known`; `far` when none of them is near."""
        self.name = name
        self.known = list(known)
        self.far = far
        return self
