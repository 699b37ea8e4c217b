"""The config reference, `docs/config-reference.md`: written from the tables the reader uses.

`python -m kefu_admin.definitions.reference` writes it; a test keeps the committed file current.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kefu_admin.definitions import field_keys
from kefu_admin.definitions.condition import Anchor, Op
from kefu_admin.definitions.field_types import FIELD_TYPES, masks
from kefu_admin.definitions.fields import Field, FieldType
from kefu_admin.definitions.formula_text import FUNCTIONS
from kefu_admin.definitions.keys import Shape
from kefu_admin.definitions.kinds import KINDS, Kind
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.layers import PROJECT_FILE
from kefu_admin.definitions.masks import MASKS, visible_tail
from kefu_admin.definitions.menu_text import PAGE_LABELS
from kefu_admin.definitions.merging import merged_as
from kefu_admin.definitions.naming import MapOf
from kefu_admin.definitions.takers import ListOf

PATH = Path(__file__).parents[2] / "docs" / "config-reference.md"

_INTRODUCTION = """\
# 配置参考 · Config reference

本文由程序中的表生成，请勿手改：`python -m kefu_admin.definitions.reference`。
This file is generated from the tables in the code; do not edit it.

配置是一个目录：一个文件写一样东西，文件名就是它的标识。所有值按文字读入，由字段类型转换；
不允许 YAML 的标签、锚点和别名。名称写 `{zh: 中文, en: English}`，也可只写一段文字。
The config is a directory: one thing per file, the file name is its id. Every value is read as text
and converted by its field's type; YAML tags, anchors and aliases are refused. Texts are
`{zh: …, en: …}`, or one text for both.

`kefu check` 列出全部问题；`kefu schema` 写出编辑器用的 JSON Schema。
`kefu check` lists every problem; `kefu schema` writes JSON Schemas for editors.
"""

_EXAMPLES = {
    "phone": "13800005678",
    "id_number": "11010519491231002X",
    "name": "张三丰",
    "address": "北京市朝阳区某路1号",
    "email": "zhang@example.com",
    "all": "任意内容",
}
_OPERATORS = {
    Op.EQ: Label("等于；`{字段: 值}` 的意思", "equals; what `{field: value}` means"),
    Op.NE: Label("不等于", "differs"),
    Op.LT: Label("小于，早于", "less, earlier"),
    Op.LE: Label("不大于，不晚于", "at most, not later"),
    Op.GT: Label("大于，晚于", "greater, later"),
    Op.GE: Label("不小于，不早于", "at least, not earlier"),
    Op.BETWEEN: Label("在两者之间，含两端", "between, both ends included"),
    Op.IN: Label("是其中之一", "one of"),
    Op.NOT_IN: Label("不是其中之一", "none of"),
    Op.IS_EMPTY: Label("为空（true）或不为空（false）", "absent (true) or present (false)"),
    Op.CONTAINS: Label("包含文字", "contains the text"),
    Op.STARTS_WITH: Label("以文字开头", "begins with the text"),
    Op.ENDS_WITH: Label("以文字结尾", "ends with the text"),
    Op.HAS: Label("含有此项", "has this member"),
    Op.HAS_ANY: Label("含有其中任一项", "has one of these members"),
    Op.HAS_ALL: Label("含有其中每一项", "has all these members"),
    Op.UNDER: Label("是它或在它之下（地区、部门）", "it or below it (region, department)"),
}


def reference() -> str:
    """The whole document."""
    parts = [_INTRODUCTION]
    for kind in KINDS:
        parts += _kind(kind)
    parts += [_layers(), _field_types(), _operators(), _formulas(), _masks(), _pages()]
    return "\n".join(parts)


def write_reference() -> None:
    """Write the document to its place in the repository."""
    PATH.write_text(reference(), "utf-8")


def _kind(kind: Kind) -> Iterator[str]:
    where = PROJECT_FILE if kind.id == "project" else f"{kind.id}/<id>.yaml"
    yield f"## {kind.label.zh} · {kind.label.en}: `{where}`\n"
    for path, shape in _shapes(kind.shape, ""):
        if path:
            yield f"### `{path}`\n"
        yield _table(
            ("键 key", "写什么 takes", "用途 for"),
            [
                (
                    f"`{key.name}`" + (" *" if key.required else ""),
                    _both(key.taker.meaning()),
                    _both(key.help),
                )
                for key in shape.keys
            ],
        )
    yield "\\* 必填 required\n"


def _shapes(shape: Shape, path: str) -> Iterator[tuple[str, Shape]]:
    """The shape and those of its keys, each with its path."""
    yield path, shape
    for key in shape.keys:
        inner, steps = key.taker, ""
        while not isinstance(inner, Shape):
            if hasattr(inner, "item"):
                inner, steps = inner.item, f"{steps}[]"
            elif hasattr(inner, "value"):
                inner, steps = inner.value, f"{steps}.<id>"
            else:
                break
        if isinstance(inner, Shape):
            yield from _shapes(inner, f"{path}.{key.name}{steps}".lstrip("."))


def _layers() -> str:
    return (
        "## 层 · Layers\n\n"
        "`extends` 中各层依次叠加，本目录在最上。映射按键合并；单个值和条件整体替换；"
        "`键: ~remove` 删除，文件内容只写 `~remove` 则删除整个文件；下表中的列表按键合并，"
        "也可写成 `键: {…}` 的映射，新项和字段可写 `after: 键` 指定排在谁后面；其余列表整体替换。"
        "改动或删除下面各层没有的东西会报错。\n"
        "The layers of `extends` lie one over the other, this directory on top. Mappings merge by "
        "key; single values and conditions are replaced whole; `key: ~remove` takes away, a file "
        "that says only `~remove` takes the file away; the lists below merge by key, may be "
        "written as a mapping `key: {…}`, and their items, like fields, may say `after: key`; "
        "other lists are replaced whole. Changing or removing what no layer below has is refused."
        "\n\n"
    ) + _table(
        ("列表 list", "按什么合并 merged by"),
        [
            (f"`{kind.id}: {path}`", " / ".join(f"`{key}`" for key in keys))
            for kind in KINDS
            for path, keys in _keyed(kind.shape, "")
        ],
    )


def _keyed(shape: Shape, path: str) -> Iterator[tuple[str, Sequence[str]]]:
    """The lists in a shape whose items are told apart by a key."""
    for key in shape.keys:
        inner, at = merged_as(key.taker), f"{path}.{key.name}".lstrip(".")
        while not isinstance(inner, Shape):
            if isinstance(inner, ListOf):
                if inner.keys:
                    yield at, inner.keys
                inner, at = merged_as(inner.item), f"{at}[]"
            elif isinstance(inner, MapOf):
                inner, at = merged_as(inner.value), f"{at}.<id>"
            else:
                break
        if isinstance(inner, Shape):
            yield from _keyed(inner, at)


def _field_types() -> str:
    common = ", ".join(f"`{key.name}`" for key in field_keys.COMMON)
    return (
        "## 字段类型 · Field types\n\n"
        f"每种类型都可写 every type takes: {common}。\n\n"
    ) + _table(
        ("类型 type", "另可写 also takes", "条件运算 operators", "打码 masks"),
        [
            (
                f"`{type.id}` {_both(type.label)}",
                _words(sorted(type.options)),
                _words(op.value for op in Op if op in type.operators) or _result(type),
                _words(masks(Field(id="f", type=type.id, label=type.label, result=_shown(type)))),
            )
            for type in FIELD_TYPES.values()
        ],
    )  # fmt: skip


def _shown(type: FieldType) -> str:
    return "integer" if type.id in ("computed", "rollup") else ""


def _result(type: FieldType) -> str:
    return "同结果的类型 those of its result" if type.id in ("computed", "rollup") else ""


def _operators() -> str:
    anchors = _words(f"${anchor.value}" for anchor in Anchor)
    return (
        "## 条件 · Conditions\n\n"
        "`{字段: 值}`、`{字段: {运算: 值}}`，几个键一起表示都要成立；`all`、`any`、`not`；"
        "`负责人.部门.名称` 最多经过三个关联；明细用 `any`、`all`、`none`、`count`。\n"
        "`{field: value}`, `{field: {op: operand}}`, several keys mean all; `all`, `any`, `not`; "
        "paths through three references at most; children take `any`, `all`, `none`, `count`.\n\n"
        f"值 operands: 文字 literals, `$me` `$my_department` `$my_departments` {anchors} "
        "(`$today-7d` `$today+1m`), `{field: …}`, `{formula: …}`。\n\n"
        "说明和例子 explained with examples: [conditions.md](conditions.md)。\n\n"
    ) + _table(
        ("运算 operator", "意思 means"),
        [(f"`{op.value}`", _both(meaning)) for op, meaning in _OPERATORS.items()],
    )


def _formulas() -> str:
    return (
        "## 公式 · Formulas\n\n"
        "字段名、数、文字、`+ - * /`、比较、`and or not in`，以及下列函数 "
        f"names, literals, arithmetic, comparisons and these functions: {_words(FUNCTIONS)}。\n"
        "没有值的一项使结果没有值；除以零没有值；按声明的位数四舍五入。\n"
        "An absent operand or a division by zero gives an absent result; results are rounded half "
        "away from zero.\n"
    )


def _masks() -> str:
    return "## 打码 · Masks\n\n" + _table(
        ("打码 mask", "例 example", "可查末几位 tail that may be searched"),
        [
            (f"`{id}`", f"{_EXAMPLES[id]} → {mask(_EXAMPLES[id])}", str(visible_tail(id) or ""))
            for id, mask in MASKS.items()
        ],
    )


def _pages() -> str:
    return "## 系统页面 · Pages\n\n" + _table(
        ("页面 page", "名称 name"), [(f"`{id}`", _both(label)) for id, label in PAGE_LABELS.items()]
    )


def _both(label: Label) -> str:
    return label.zh if label.en in ("", label.zh) else f"{label.zh} · {label.en}"


def _words(words: Iterable[str]) -> str:
    return " ".join(f"`{word}`" for word in words)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(
        "| " + " | ".join(c.replace("|", "\\|") for c in line) + " |\n" for line in lines
    )


if __name__ == "__main__":
    write_reference()
