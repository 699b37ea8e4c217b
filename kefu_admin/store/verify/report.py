"""What checking the database found, as values; `wording.sentence(finding.code, …)` says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not be: `code` picks the sentence, `facts` fill it."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, code: str, **facts: object) -> Finding:
        """A finding from keywords."""
        return cls(code, facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of `verify`.

    `counts`: lines, sealed, unsealed, missing (sealed but gone), blocks, anchors. `notes` are
    findings that tell of a state, not of tampering (lines waiting long for the sealer, a missing
    anchor file). `checked` names what was looked at, in order.
    """

    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    checked: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings
