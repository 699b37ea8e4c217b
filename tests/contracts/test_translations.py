"""Every Chinese text a person may read has its English one, and none is kept for nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kefu_admin import wording

PACKAGE = Path(wording.__file__).parent
CATALOGUE = PACKAGE / "translations" / "en" / "LC_MESSAGES" / "kefu.po"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
IN_TEMPLATE = re.compile(r"""\b(?:_|say)\(\s*(["'])(.+?)\1""", re.DOTALL)
# Files whose Chinese is data, not text for people to read in their language.
DATA = {
    "behaviours/calendar/announcement.py",  # reads the yearly announcement as it is published
    "behaviours/making/values.py",  # invented addresses
    "behaviours/passwords.py",
    "definitions/identifiers.py",  # what people write in phones, dates, durations, yes and no
    "definitions/times.py",
    "definitions/values.py",
    "definitions/reference.py",  # writes one page in both languages
    "definitions/regions.py",
    "definitions/schema.py",
    "definitions/text_rules.py",
}


def _docstrings(tree: ast.AST) -> set[int]:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }


def _labels(tree: ast.AST) -> set[int]:
    """Strings inside `Label(zh, en)`: they carry their English themselves."""
    return {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"Label", "_label"}
        and len(node.args) == 2
        for part in ast.walk(node)
    }


def _texts() -> Iterator[tuple[str, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        name = str(path.relative_to(PACKAGE))
        if name in DATA:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        skipped = _docstrings(tree) | _labels(tree)
        for node in ast.walk(tree):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if is_text and CHINESE.search(node.value) and id(node) not in skipped:
                yield node.value, f"{name}:{node.lineno}"
    for path in sorted(PACKAGE.rglob("*.html")):
        for match in IN_TEMPLATE.finditer(path.read_text("utf-8")):
            yield match[2], str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("locale", [one for one in wording.LOCALES if one != "zh"])
def test_every_chinese_text_is_translated(locale: str) -> None:
    known = wording.catalogue(locale)

    missing = {f"{where}: {text}" for text, where in _texts() if text not in known}

    assert sorted(missing) == []


def test_placeholders_are_the_same_in_both_languages() -> None:
    placeholder = re.compile(r"\{[a-z_]+\}")

    unequal = [
        text
        for text, english in wording.catalogue("en").items()
        if set(placeholder.findall(text)) != set(placeholder.findall(english))
    ]

    assert unequal == []


def test_no_text_has_two_translations() -> None:
    ids = re.findall(
        r"^msgid (.+?)\nmsgstr", CATALOGUE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )

    assert sorted(ids) == sorted(set(ids))
