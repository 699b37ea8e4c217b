"""The keys a field of a content type may carry in `types/*.yaml`.

Which of them a field type takes stands in the table of field types; the keys in `COMMON` go with
every type.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kefu_admin.definitions.dated import COLORS
from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.definitions.field_types import FIELD_TYPES, RESULTS
from kefu_admin.definitions.fields import Choice, PersonalClass, RollupFunction
from kefu_admin.definitions.keys import CLAUSES, Key, LabelText, Shape, Taken
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.masks import MASKS
from kefu_admin.definitions.naming import Id, To
from kefu_admin.definitions.takers import (
    CONDITION,
    VALUE,
    Boolean,
    Integer,
    ListOf,
    Member,
    OneOf,
    Raw,
    Schema,
    Text,
)
from kefu_admin.definitions.tree import MapNode, Node, TextNode

SECRECY_LEVELS = "secrecy_levels"
FIELD_ID = Id(30)
TYPE = To(Label("内容类型", "content type"))
FIELD = To(Label("字段", "field"))


@dataclass(frozen=True)
class WhenText:
    """true, false, or `{when: condition}`."""

    def take(self, node: Node, problems: Problems) -> bool | Node | None:
        """The answer, or the condition's node."""
        if isinstance(node, TextNode) and node.text in ("true", "false"):
            return node.text == "true"
        if isinstance(node, MapNode) and node.entries.keys() == {"when"}:
            return node.entries["when"]
        problems.add(node.place, Fault.BAD_WHEN)
        return None

    def schema(self) -> Schema:
        """A boolean or an object."""
        return {"$ref": "#/$defs/when"}

    def meaning(self) -> Label:
        """In a few words."""
        return Label("true、false 或 {when: 条件}", "true, false or {when: condition}")


CHOICE_ID = Key("id", Id(40), Label("标识", "id"), required=True)
CHOICE_LABEL = Key("label", LabelText(), Label("显示名", "shown name"), required=True)
CHOICE_COLOR = Key("color", OneOf(COLORS), Label("颜色", "colour"))
CHOICE_RETIRED = Key(
    "retired", Boolean(), Label("停用：旧记录保留，新记录不可选", "kept for old records only")
)
CHOICE = Shape(CHOICE_ID, CHOICE_LABEL, CHOICE_COLOR, CHOICE_RETIRED)


@dataclass(frozen=True)
class ChoicesText:
    """A list of choices, `secrecy_levels` for the project's, or the id of a list of its own."""

    item: Shape = CHOICE
    merged_as = ListOf(CHOICE, least=1, keys=("id",))

    def take(self, node: Node, problems: Problems) -> str | tuple[Taken, ...] | None:
        """The opened choices, or the word."""
        if isinstance(node, TextNode) and node.text:
            return node.text
        return self.merged_as.take(node, problems)

    def schema(self) -> Schema:
        """An array or a word."""
        return {"anyOf": [{"type": "string"}, self.merged_as.schema()]}

    def meaning(self) -> Label:
        """In a few words."""
        return Label(
            "列表，见下；或 `secrecy_levels`；或 choices 目录中一张选项表的标识",
            "list, see below; or `secrecy_levels`; or the id of a list in choices",
        )


def choices_of(written: Sequence[Taken], problems: Problems) -> tuple[Choice, ...]:
    """The choices of a list, each id once; repeated ones are noted."""
    choices: dict[str, Choice] = {}
    for one in written:
        id = one.get(CHOICE_ID, "")
        if id in choices:
            problems.add(one.place, Fault.REPEATED, name=id)
        made = Choice(
            id=id,
            label=one.get(CHOICE_LABEL, Label(id)),
            color=one.get(CHOICE_COLOR, ""),
            retired=one.get(CHOICE_RETIRED, False),
            place=one.place,
        )
        choices.setdefault(id, made)
    return tuple(choices.values())


@dataclass(frozen=True)
class FieldTypeText:
    """The id of a field type, those of extensions among them."""

    def take(self, node: Node, problems: Problems) -> str | None:
        """The id."""
        return self._words().take(node, problems)

    def schema(self) -> Schema:
        """An enumeration."""
        return self._words().schema()

    def meaning(self) -> Label:
        """In a few words."""
        return Label("字段类型，见下", "field type, see below")

    def _words(self) -> OneOf:
        return OneOf(tuple(FIELD_TYPES))


TYPE_OF = Key("type", FieldTypeText(), Label("字段类型", "field type"), required=True)
LABEL = Key("label", LabelText(), Label("显示名", "shown name"), required=True)
HELP = Key("help", LabelText(), Label("填写说明", "help for those who fill it in"))
VISIBLE: Key[bool | Node] = Key(
    "visible", WhenText(), Label("何时显示，默认总是", "when shown; always by default")
)
REQUIRED: Key[bool | Node] = Key(
    "required", WhenText(), Label("何时必填，默认从不", "when required; never")
)
READ_ONLY: Key[bool | Node] = Key(
    "read_only", WhenText(), Label("何时只读，默认从不", "when read-only; never")
)
DEFAULT: Key[Node] = Key(
    "default",
    VALUE,
    Label("默认值；可用 $me $my_department $today $now", "default value, also a symbol"),
)
UNIQUE = Key("unique", Boolean(), Label("不得重复", "must not repeat"))
MIN: Key[Node] = Key("min", VALUE, Label("最小值", "least value"))
MAX: Key[Node] = Key("max", VALUE, Label("最大值", "greatest value"))
MIN_LENGTH = Key("min_length", Integer(1, 100_000), Label("最少字数", "fewest characters"))
MAX_LENGTH = Key("max_length", Integer(1, 100_000), Label("最多字数", "most characters"))
SCALE = Key("scale", Integer(0, 6), Label("小数位数，默认 2", "decimal places, 2 by default"))
UNIT = Key("unit", LabelText(), Label("单位", "unit"))
PATTERN = Key("pattern", Text(200), Label("格式（正则的子集）", "closed subset of regex"))
CHOICES: Key[str | tuple[Taken, ...]] = Key("choices", ChoicesText(), Label("选项", "choices"))
TO = Key("to", TYPE, Label("关联到的类型", "type referred to"))
OF = Key("of", TYPE, Label("明细或汇总的类型", "type of the children or rows"))
BY = Key("by", FIELD, Label("对方指回来的关联字段", "its reference field back"))
PERSONAL = Key("personal", Member(PersonalClass), Label("个人信息类别", "class of personal data"))
PURPOSE = Key("purpose", LabelText(), Label("收集个人信息的目的", "why it is collected"))
MASK = Key("mask", OneOf((*MASKS, "none")), Label("打码方式", "mask"))
ENCRYPTED = Key("encrypted", Boolean(), Label("加密存储", "stored encrypted"))
SERIES = Key("series", To(Label("编号规则", "number series")), Label("编号规则", "number series"))
FORMULA = Key("formula", Text(2000), Label("公式", "formula"))
RESULT = Key("result", OneOf(RESULTS), Label("公式结果的类型", "type of the result"))
FUNCTION = Key("function", Member(RollupFunction), Label("汇总方式", "how rows are rolled up"))
FIELD_KEY = Key("field", FIELD, Label("被汇总的字段", "field rolled up"))
WHERE: Key[Node] = Key("where", CONDITION, Label("只汇总符合条件的行", "only rows that match"))
ORDER = Key("order", FIELD, Label("latest 按此日期取最新", "the date that says which is latest"))
PUBLIC = Key(
    "public",
    Boolean(),
    Label("看不到全部明细的人也可看汇总", "shown also to those who may not see all rows"),
)
MAX_COUNT = Key("max_count", Integer(1, 100), Label("最多个数", "most files"))
RENAMED_FROM = Key("renamed_from", FIELD_ID, Label("改名前的标识", "id before renaming"))
BACKFILL: Key[Node] = Key(
    "backfill",
    VALUE,
    Label("变为必填时，已有记录的空值填什么", "what rows without a value get when it is required"),
)
OLD_VALUES: Key[Node] = Key(
    "old_values",
    Raw(
        Label("映射：旧值: 新值，空为清除", "mapping: old value to new, blank empties"),
        {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
    ),
    Label("改选项或换类型时，已有记录的旧值改成什么", "what written values become in apply"),
)

COMMON: tuple[Key[object], ...] = (
    TYPE_OF,
    LABEL,
    HELP,
    VISIBLE,
    PERSONAL,
    PURPOSE,
    MASK,
    RENAMED_FROM,
    CLAUSES,
)
OPTIONS: tuple[Key[object], ...] = (
    REQUIRED, READ_ONLY, DEFAULT, UNIQUE, MIN, MAX, MIN_LENGTH, MAX_LENGTH, SCALE, UNIT, PATTERN,
    CHOICES, TO, OF, BY, ENCRYPTED, SERIES, FORMULA, RESULT, FUNCTION, FIELD_KEY, WHERE, ORDER,
    PUBLIC, MAX_COUNT, BACKFILL, OLD_VALUES,
)  # fmt: skip
SHAPE = Shape(*COMMON, *OPTIONS)

# options without which a field of the type says nothing
NEEDED = {
    "choice": ("choices",),
    "multi_choice": ("choices",),
    "reference": ("to",),
    "references": ("to",),
    "children": ("of", "by"),
    "number": ("series",),
    "computed": ("formula", "result"),
    "rollup": ("of", "by", "function"),
}
