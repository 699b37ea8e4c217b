"""Rules every template keeps, read from the files themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kefu_admin.faces.admin.theme import STATIC, TEMPLATES

FILES = sorted(TEMPLATES.rglob("*.html"))
SCRIPTS = sorted((STATIC / "js").rglob("*.js"))
HAN = re.compile(r"[\u3400-\u9fff]")
COMMENT = re.compile(r"\{#.*?#\}", re.S)
SAID = re.compile(r"_\(\s*(\"[^\"]*\"|'[^']*')")


def name(path: Path) -> str:
    return str(path.relative_to(TEMPLATES if path.suffix == ".html" else STATIC))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_template_holds_no_inline_script_style_or_handler(path: Path) -> None:
    text = path.read_text("utf-8")

    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
    assert re.findall(r"<style|\sstyle=", text) == []
    assert re.findall(r"\son[a-z]+=|hx-on|javascript:|\bjs:", text) == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_template_switches_no_escaping_off(path: Path) -> None:
    text = path.read_text("utf-8")

    assert re.findall(r"\|\s*safe|autoescape|Markup", text) == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_template_fetches_nothing_from_elsewhere(path: Path) -> None:
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//", path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_every_chinese_word_of_a_template_can_be_translated(path: Path) -> None:
    text = COMMENT.sub("", path.read_text("utf-8"))

    left = SAID.sub("", text).replace('"中文" if locale == "en" else "English"', "")

    assert HAN.findall(left) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_script_evaluates_no_text(path: Path) -> None:
    text = path.read_text("utf-8")

    assert re.findall(r"\beval\(|new Function|innerHTML|outerHTML|document\.write", text) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_script_holds_no_words_for_people(path: Path) -> None:
    assert HAN.findall(path.read_text("utf-8")) == []


def test_only_one_module_marks_text_as_safe() -> None:
    panel = TEMPLATES.parent

    marking = [
        name.relative_to(panel).as_posix()
        for name in sorted(panel.rglob("*.py"))
        if "Markup(" in name.read_text("utf-8")
    ]

    assert marking == ["marks.py"]
