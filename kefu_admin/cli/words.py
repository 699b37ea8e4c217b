"""The words of the argument parser itself: usage, headings and what is wrong with a command line.

`argparse` asks two functions of its module for each of its texts; they answer in the person's
language while a command line is read. A text not in the table stays as argparse has it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from kefu_admin.cli.output import Output

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "usage: ": "用法：",
        "positional arguments": "参数",
        "options": "选项",
        "show this help message and exit": "显示这段说明",
        "%(prog)s: error: %(message)s\n": "%(prog)s：%(message)s\n",
        "argument %(argument_name)s: %(message)s": "%(argument_name)s：%(message)s",
        "unrecognized arguments: %s": "不认识的参数：%s",
        "the following arguments are required: %s": "还缺少参数：%s",
        "one of the arguments %s is required": "%s 中要写一个",
        "not allowed with argument %s": "不能与 %s 同时使用",
        "ignored explicit argument %r": "这里不能再写值 %r",
        "expected one argument": "后面要写一个值",
        "expected at least one argument": "后面至少要写一个值",
        "expected %s argument": "后面要写 %s 个值",
        "invalid %(type)s value: %(value)r": "%(value)r 不是正确的值",
        "invalid choice: %(value)r (choose from %(choices)s)": "没有 %(value)r，可写：%(choices)s",
    }
)


@contextmanager
def speaking(output: Output) -> Iterator[None]:
    """Have argparse speak the language of `output` inside."""

    def one(text: str) -> str:
        return output.text(WORDS[text]) if text in WORDS else text

    def some(text: str, many: str, count: int) -> str:
        return one(text) if text in WORDS else (text if count == 1 else many)

    asked = vars(argparse)
    before = {name: asked[name] for name in ("_", "ngettext")}
    asked.update(_=one, ngettext=some)
    try:
        yield
    finally:
        asked.update(before)
