"""A plan as lines that a person reads before typing yes."""

from __future__ import annotations

from kefu_admin import wording
from kefu_admin.store.apply.planning import Plan
from kefu_admin.store.changeset import Level, Step

_MARKS = {Level.SAFE: " ", Level.ATTENTION: "!", Level.DESTRUCTIVE: "‼"}


def lines(plan: Plan, locale: str) -> list[str]:
    """One line per step, `+ - ~` first, rows at stake behind it; then what is needed to go on."""
    if plan.is_empty:
        return [wording.sentence("plan_empty", locale)]
    said = [line(step, locale) for step in plan.steps]
    if not plan.steps:
        said.append(wording.sentence("plan_only_activates", locale))
    if plan.refused:
        said.append(wording.sentence("plan_refused", locale, count=len(plan.refused)))
    if plan.to_consent:
        names = " ".join(plan.to_consent)
        said.append(wording.sentence("plan_consent", locale, names=names))
    return said


def line(step: Step, locale: str) -> str:
    """`~ ! customer.name: …; 12 rows …`."""
    what = wording.sentence(step.code, locale, **step.facts)
    rows = [
        wording.sentence(f"plan_rows_{meaning.value}", locale, count=count)
        for meaning, count in step.at_stake
    ]
    return f"{step.sign} {_MARKS[step.level]} {step.subject}: {'; '.join([what, *rows])}"
