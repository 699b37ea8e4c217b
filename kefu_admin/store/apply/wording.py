"""A plan as lines that a person reads before typing yes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import ceil

from kefu_admin import wording
from kefu_admin.store.apply.planning import Plan
from kefu_admin.store.changeset import Level, Step
from kefu_admin.store.changeset.stakes import scale
from kefu_admin.store.shapes import ColumnShape

_MARKS = {Level.SAFE: " ", Level.ATTENTION: "!", Level.DESTRUCTIVE: "‼"}

_INDEX_RENAMED = "plan_rename_index"  # many at once, and no news: counted


def lines(plan: Plan, locale: str) -> list[str]:
    """One line per step, `+ - ~` first, rows at stake behind it; then what is needed to go on."""
    if plan.is_empty:
        return [wording.sentence("plan_empty", locale), *_views(plan, locale)]
    told = [step for step in plan.steps if step.code != _INDEX_RENAMED]
    said = [each for step in told for each in (line(step, locale), *rows(step, locale))]
    renamed = Counter(
        step.subject.partition(".")[0] for step in plan.steps if step.code == _INDEX_RENAMED
    )
    said += [
        wording.sentence("plan_rename_indexes", locale, table=table, count=count)
        for table, count in renamed.items()
    ]
    said += [
        wording.sentence("plan_left_over", locale, subject=f"{each.table}.{each.column}")
        for each in plan.left_over
    ]
    said += [
        wording.sentence(
            "plan_outlook", locale, table=each.table, rows=each.rows,
            beside=ceil(each.beside), locked=ceil(each.locked),
        )
        for each in plan.outlook
    ]  # fmt: skip
    said += _views(plan, locale)
    if not plan.steps:
        said.append(wording.sentence("plan_only_activates", locale))
    if plan.refused:
        said.append(wording.sentence("plan_refused", locale, count=len(plan.refused)))
    if plan.to_consent:
        names = " ".join(f"--consent {name}" for name in plan.to_consent)
        said.append(wording.sentence("plan_consent", locale, names=names))
    return said


def _views(plan: Plan, locale: str) -> list[str]:
    """Kept views that will show less."""
    return [
        wording.sentence(
            "view_names_gone", locale, id=view.id, name=view.name, type=view.type,
            names=", ".join(names),
        )
        for view, names in plan.views
    ]  # fmt: skip


def line(step: Step, locale: str) -> str:
    """`~ ! customer.name: …; 12 rows …`."""
    facts = {
        name: described(fact, locale) if isinstance(fact, ColumnShape) else fact
        for name, fact in step.facts.items()
    }
    what = wording.sentence(step.code, locale, **facts)
    rows = [
        wording.sentence(f"plan_rows_{meaning.value}", locale, count=count)
        for meaning, count in step.at_stake
    ]
    return f"{step.sign} {_MARKS[step.level]} {step.subject}: {'; '.join([what, *rows])}"


def rows(step: Step, locale: str) -> Iterator[str]:
    """The rows in the way, a line for each reason: the value, how many, the first ids, why."""
    for each in step.examples:
        ids = ("、" if locale == "zh" else ", ").join(map(str, each.ids))
        more = "…" if each.count > len(each.ids) else ""
        code = "plan_example_value" if each.value else "plan_example"
        facts = {"value": each.value, "count": each.count, "ids": f"{ids}{more}"}
        why = wording.sentence(each.code, locale, **each.facts) if each.code else ""
        yield "    " + " ".join(
            part for part in (wording.sentence(code, locale, **facts), why) if part
        )


def described(column: ColumnShape, locale: str) -> str:
    """A column in a few words: `文本 80 必填`."""
    parts = [wording.sentence(f"plan_kind_{column.kind.value}", locale)]
    if column.length:
        parts.append(str(column.length))
    if column.references:
        parts.append(f"→ {column.references}")
    if places := scale(column):
        parts.append(wording.sentence("plan_places", locale, count=places))
    if (form := column.form.partition(" ")[0]) in ("secret", "members", "minutes", "time"):
        parts.append(wording.sentence(f"plan_form_{form}", locale))
    if not column.nullable:
        parts.append(wording.sentence("plan_required", locale))
    if column.default is not None:
        parts.append(wording.sentence("plan_default", locale, value=column.default))
    return " ".join(parts)
