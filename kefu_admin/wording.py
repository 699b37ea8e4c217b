"""How a text, a `Problem` or a `Refusal` becomes a sentence in zh or en.

Message ids are the Chinese sentences, so Chinese needs no catalogue; the English ones stand in
`translations/en/LC_MESSAGES/kefu.po`, read once. Codes find their Chinese sentence in the tables of
`kefu_admin.wordings`. Facts fill `{name}` placeholders and are never themselves formatted.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

from kefu_admin.problems import FieldError, Problem, Refusal

LOCALES = ("zh", "en")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@cache
def catalogue(locale: str) -> Mapping[str, str]:
    """Message id to translation; empty for Chinese."""
    if locale == "zh":
        return {}
    path = files("kefu_admin") / "translations" / locale / "LC_MESSAGES" / "kefu.po"
    with path.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id and m.string}


@cache
def sentences() -> Mapping[str, str]:
    """Code to Chinese sentence, merged from every table in `kefu_admin.wordings`."""
    merged: dict[str, str] = {}
    package = importlib.import_module("kefu_admin.wordings")
    for module in pkgutil.iter_modules(package.__path__):
        table = importlib.import_module(f"kefu_admin.wordings.{module.name}").SENTENCES
        if twice := merged.keys() & table.keys():
            raise ValueError(f"codes worded twice: {sorted(twice)}")
        merged.update(table)
    return merged


def text(message: str, locale: str, /, **facts: object) -> str:
    """The message in the locale, its placeholders filled; a missing fact stays as written."""
    translated = catalogue(locale).get(message, message)
    if not facts:
        return translated
    return _PLACEHOLDER.sub(
        lambda match: str(facts[match[1]]) if match[1] in facts else match[0], translated
    )


def sentence(code: str, locale: str, /, **facts: object) -> str:
    """The sentence of a code, filled."""
    return text(sentences()[code], locale, **facts)


def problem(value: Problem, locale: str) -> str:
    """`file:line [key]: what; mend (CFGnnn)`."""
    key = f" [{value.place.key}]" if value.place.key else ""
    said = sentence(value.code, locale, **dict(value.facts))
    return f"{value.place.file}:{value.place.line}{key}: {said} ({value.code})"


def field_error(error: FieldError, locale: str) -> str:
    """Why a value was refused; a config check brings its own message (message_zh, message_en)."""
    own = error.facts.get("message_en") if locale == "en" else error.facts.get("message_zh")
    said = str(own) if own else sentence(error.code, locale, **error.facts)
    return (
        text("{said}（依据 {clause}）", locale, said=said, clause=error.clause)
        if error.clause
        else said
    )


def refusal(value: Refusal, locale: str) -> str:
    """The sentence of a refusal as a person at the desk reads it."""
    return sentence(value.sentence, locale, **value.facts)
