"""What a file is, by its content: a short list of kinds, and the name must agree.

Nothing that a browser would run is on the list (no HTML, no SVG, no macros), and what is on it is
never shown inline.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

ENDINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "application/pdf": (".pdf",),
        "image/png": (".png",),
        "image/jpeg": (".jpg", ".jpeg"),
        "image/webp": (".webp",),
        "audio/mpeg": (".mp3",),
        "audio/wav": (".wav",),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
        "text/csv": (".csv",),
        "text/plain": (".txt",),
    }
)
_MOST_ENTRIES = 2000
_OFFICE = {
    "word/document.xml": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ),
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Unfit(Exception):
    """A file of a kind not taken, or whose name says another one. `code` picks the sentence."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code, facts)


def media_type(path: Path, name: str) -> str:
    """The media type of a file, told by its content; `name` must end accordingly.

    Raises:
        Unfit: it is none of `ENDINGS`, or its name ends otherwise.
    """
    ending = Path(name).suffix.lower()
    kind = _by_content(path) or _by_text(path, ending)
    if kind is None:
        kinds = " ".join(sorted(end[1:] for ends in ENDINGS.values() for end in ends))
        raise Unfit("file_kind", kinds=kinds)
    if ending not in ENDINGS[kind]:
        raise Unfit("file_ending", ending=ENDINGS[kind][0])
    return kind


def _by_content(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12])
    if head.startswith((b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")):
        return "audio/mpeg"
    return _office(path) if head.startswith(b"PK\x03\x04") else None


def _office(path: Path) -> str | None:
    """A document or workbook without macros, by its table of contents; nothing is unpacked."""
    try:
        with zipfile.ZipFile(path) as packed:
            names = packed.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return None
    if len(names) > _MOST_ENTRIES or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((kind for entry, kind in _OFFICE.items() if entry in names), None)


def _by_text(path: Path, ending: str) -> str | None:
    """Plain text in UTF-8 or GB18030, without control characters, when its name says text."""
    kind = {".csv": "text/csv", ".txt": "text/plain"}.get(ending)
    if kind is None:
        return None
    raw = path.read_bytes()
    if any(byte < 32 and byte not in b"\t\r\n\x0c" for byte in raw):
        return None
    for encoding in ("utf-8", "gb18030"):
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return kind
    return None
