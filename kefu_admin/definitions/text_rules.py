"""Normal forms of text, decided once before anything is compared or stored (design rule D17).

NUL, lone surrogates, control and bidirectional-override characters are refused, never dropped:
what was stored is what was typed. Text is NFC; identifiers, phones and numbers are NFKC with wide
forms folded, so that `１３８` and `138` are one.
"""

from __future__ import annotations

import re
import unicodedata

from kefu_admin.definitions.fields import BadValue

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\ufeff]")
_CONTROLS_BUT_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－", "-"))


def line(raw: str) -> str:
    """One line of text: NFC, outer blanks gone.

    Raises:
        BadValue: a control character, line break or bidirectional control.
    """
    text = raw.strip()
    _refuse(_CONTROLS, text)
    if text.isascii():  # most are, and have one form only
        return text
    _refuse(_BIDI, text)
    return unicodedata.normalize("NFC", text)


def paragraphs(raw: str) -> str:
    r"""Text of several lines: NFC, `\n` for every line end, outer blanks gone.

    Raises:
        BadValue: a control character other than line end and tab.
    """
    text = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    _refuse(_CONTROLS_BUT_LINES, text)
    return unicodedata.normalize("NFC", text)


def identifier(raw: str) -> str:
    """A number, code or address line meant for comparing: NFKC, wide forms and dashes folded.

    Raises:
        BadValue: as for `line`.
    """
    text = line(raw)
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text).translate(_DASHES).strip()


def _refuse(pattern: re.Pattern[str], text: str) -> None:
    if match := pattern.search(text):
        raise BadValue(
            "bad_character", character=f"U+{ord(match[0]):04X}", position=match.start() + 1
        )
