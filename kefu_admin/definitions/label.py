"""A text shown to people, in Chinese and English, as written in the config."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """One text in both languages; `en` falls back to `zh` where the config gives none."""

    zh: str
    en: str = ""

    def text(self, locale: str) -> str:
        """The text for a locale ("zh" or "en")."""
        return self.en if locale == "en" and self.en else self.zh

    def within(self, locale: str) -> str:
        """The text inside a sentence: "New return visit". An English word written with further
        capitals keeps its first: ID number."""
        said = self.text(locale)
        first = said.split(" ", 1)[0]
        return said[:1].lower() + said[1:] if locale == "en" and first[1:].islower() else said


NO_LABEL = Label("")
