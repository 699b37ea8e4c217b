"""Lists of the newest first, a page at a time: where a page begins, and what leads to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from flask import request

from kefu_admin.faces.admin.record.forms import record_id
from kefu_admin.problems import BadRequest

SIZE = 50

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Part(Generic[Entry]):
    """One page: what it shows, and the addresses of the first and of the next one; "" for none."""

    shown: Sequence[Entry]
    first: str
    next: str


def cursor(name: str = "before") -> int:
    """The id that the page begins below, from the address; 0 for the first page.

    Raises:
        BadRequest: it is no number.
    """
    found = record_id(request.args.get(name, "0"))
    if found is None:
        raise BadRequest(detail=name)
    return found


def part(
    found: Sequence[Entry], ids: Sequence[int], base: str, kept: Mapping[str, str] | None = None
) -> Part[Entry]:
    """The page of what was found, of which one more than a page was asked for.

    Args:
        ids: what the cursor counts, one each.
        kept: what else stands in the address.
    """
    asked = {name: text for name, text in (kept or {}).items() if text}
    begin = f"{base}?{urlencode(asked)}" if asked else base
    more = ""
    if len(found) > SIZE:
        more = f"{base}?{urlencode({**asked, 'before': ids[SIZE - 1]})}"
    return Part(found[:SIZE], begin if cursor() else "", more)
