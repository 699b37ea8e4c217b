"""Reads `choices/*.yaml`: lists of choices that several fields may offer.

label: {zh: 客户来源, en: Source}
kept_in: rows
choices: [{id: own, label: 自主开发}, {id: referral, label: 老客户推荐}]
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kefu_admin.definitions.dated import CHOICES as KIND
from kefu_admin.definitions.dated import Dated, DatedChoices, DatedValue
from kefu_admin.definitions.faults import Fault
from kefu_admin.definitions.field_keys import CHOICE, SECRECY_LEVELS, choices_of
from kefu_admin.definitions.fields import Choice
from kefu_admin.definitions.keys import CLAUSES, Key, LabelText, Shape, Taken
from kefu_admin.definitions.label import NO_LABEL, Label
from kefu_admin.definitions.loading import Loading
from kefu_admin.definitions.takers import ListOf, OneOf

FILES, ROWS = "files", "rows"

LABEL = Key("label", LabelText(), Label("名称", "name"), required=True)
HELP = Key("help", LabelText(), Label("说明，给维护选项的人", "for those who keep it"))
KEPT_IN = Key(
    "kept_in",
    OneOf((FILES, ROWS)),
    Label(
        "值放在哪里：files（默认）只由本文件定；rows 由主管在界面上维护，本文件给出初始值",
        "where the values are: files (default), or rows, kept by people; the file gives defaults",
    ),
)
CHOICES = Key(
    "choices", ListOf(CHOICE, least=1, keys=("id",)), Label("选项", "choices"), required=True
)
SHAPE = Shape(LABEL, HELP, KEPT_IN, CHOICES, CLAUSES)

_LONG_AGO = date(1900, 1, 1)


def read(loading: Loading) -> dict[str, Dated]:
    """Every list kept in rows; `loading.choice_lists` gets all lists by id."""
    kept: dict[str, Dated] = {}
    for source in loading.sources["choices"].values():
        if source.id == SECRECY_LEVELS:
            loading.problems.add(source.place, Fault.RESERVED_NAME, name=source.id)
        taken = SHAPE.take(source.node, loading.problems) if source.node else None
        if taken is None:
            continue
        choices = choices_of(taken.get(CHOICES, ()), loading.problems)
        if taken.get(KEPT_IN, FILES) == FILES:
            loading.choice_lists[source.id] = choices
            continue
        shown = DatedChoices(source.id, choices)
        loading.choice_lists[source.id] = shown
        kept[source.id] = _dated(source.id, taken, choices, shown)
    return kept


def _dated(id: str, taken: Taken, choices: Sequence[Choice], shown: DatedChoices) -> Dated:
    return Dated(
        id=id,
        kind=KIND,
        label=taken.get(LABEL, Label(id)),
        help=taken.get(HELP, NO_LABEL),
        defaults=tuple(_default(one, index) for index, one in enumerate(choices)),
        shown=shown,
        place=taken.place,
    )


def _default(choice: Choice, index: int) -> DatedValue:
    """The choice as the file has it: holding always, or, when retired, no longer."""
    return DatedValue(
        key=choice.id,
        parts={
            "zh": choice.label.zh,
            "en": choice.label.en or None,
            "color": choice.color or None,
        },
        until_on=_LONG_AGO if choice.retired else None,
        position=index * 10,
    )
