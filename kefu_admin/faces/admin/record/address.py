"""Addresses of lists: a question in the address bar, and read from there.

Choices, dates and picked ids stand in the address as they are, so that a list can be kept as a
bookmark. What is typed, and anything about a personal field, travels sealed in `q`; so does a whole
condition (`c`) that holds any of that.

Rule: S06 (personal values never stand in a URL).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from kefu_admin.actor import Actor
from kefu_admin.definitions.builtin import content_type, target_type
from kefu_admin.definitions.condition_text import MAX_DEPTH, RESERVED
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import shown_as, value_type
from kefu_admin.definitions.fields import Field, PersonalClass
from kefu_admin.faces.admin.record.finder import CHOICES, DATES, NUMBERS, PICKS, PREFIX, Asked
from kefu_admin.faces.admin.sealed import seal, unseal
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import BadRequest, UnknownParameter

_OTHER = frozenset({"view", "c", "q", "s", "a", "b", "last", "notice"})
_LONGEST = 2_000  # characters of a condition in the address; a longer one travels sealed
_MOST_SENT = 20_000


@dataclass(frozen=True, slots=True)
class Addresses:
    """Those of one type's list, for one person at one instant."""

    content: ContentType
    types: Mapping[str, ContentType]
    secret: bytes
    owner: str
    now: datetime

    def read(self, args: Mapping[str, str]) -> Asked:
        """The question an address asks.

        Raises:
            UnknownParameter: a parameter no list knows.
            BadRequest: a sealed part that is not this person's, or has expired; a condition that is
                none, or one that must not stand open in an address.
        """
        values: dict[str, str] = {}
        for name, text in args.items():
            if name.startswith(PREFIX):
                values[name] = text
            elif name not in _OTHER:
                raise UnknownParameter(name=name)
        search, tree = "", None
        if args.get("c"):
            tree = read_tree(args["c"])
            if not self._may_stand(tree):
                raise BadRequest(detail="c")
        if args.get("q"):
            hidden = unseal(self.secret, args["q"], owner=self.owner, now=self.now)
            assert isinstance(hidden, dict)
            search = str(hidden.pop("search", ""))
            tree = hidden.pop("tree", tree)
            values |= {str(name): str(text) for name, text in hidden.items()}
        return Asked(
            view=args.get("view", ""),
            search=search,
            values={name: text for name, text in values.items() if text},
            tree=tree,
            sort=args.get("s", ""),
            after=args.get("a", ""),
            before=args.get("b", ""),
            last=args.get("last", "") == "1",
        )

    def write(self, asked: Asked) -> str:
        """The query string of a question; begins with `?`, or is "" where there is nothing to
        say."""
        plain: dict[str, str] = {}
        hidden: dict[str, object] = {"search": asked.search} if asked.search else {}
        for name, text in asked.values.items():
            target = plain if _stands(self.content.fields.get(name.split(".")[1])) else hidden
            target[name] = text
        if asked.view:
            plain["view"] = asked.view
        if asked.tree is not None:
            written = json.dumps(asked.tree, ensure_ascii=False, separators=(",", ":"))
            if len(written) <= _LONGEST and self._may_stand(asked.tree):
                plain["c"] = written
            else:
                hidden["tree"] = asked.tree
        if hidden:
            plain["q"] = seal(self.secret, hidden, owner=self.owner, now=self.now)
        last = "1" if asked.last else ""
        rest = {"s": asked.sort, "a": asked.after, "b": asked.before, "last": last}
        plain |= {name: text for name, text in rest.items() if text}
        return "?" + urlencode(plain) if plain else ""

    def _may_stand(self, tree: Mapping[str, object]) -> bool:
        """Whether a condition tells nothing personal and nothing typed."""
        return all(self._stands_at(path, operands) for path, operands in _leaves(tree))

    def _stands_at(self, path: str, operands: object) -> bool:
        """Whether a comparison may: every field on the way known and not personal."""
        here: ContentType | None = self.content
        one: Field | None = None
        for name in path.split("."):
            one = here.fields.get(name) if here is not None else None
            if one is None or not _impersonal(one):
                return False
            here = content_type(self.types, target_type(one.type, one.to))
        emptiness = isinstance(operands, Mapping) and operands.keys() == {"is_empty"}
        return _stands(one) or emptiness


def addresses(desk: Desk, content: ContentType, actor: Actor, now: datetime) -> Addresses:
    """The addresses of a type's list for this person."""
    owner = f"{actor.user_id}:{content.id}"
    return Addresses(content, desk.project.types, desk.store.secret, owner, now)


def read_tree(text: str) -> dict[str, object]:
    """A condition written as JSON.

    Raises:
        BadRequest: it is none.
    """
    try:
        found = json.loads(text) if len(text) <= _MOST_SENT else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadRequest(detail="c")
    return found


def _leaves(tree: object, depth: int = 0) -> Iterator[tuple[str, object]]:
    """Every comparison of a plain condition; what is no condition comes as one on no field."""
    if not isinstance(tree, Mapping) or depth > MAX_DEPTH:
        yield "", tree
        return
    for key, value in tree.items():
        if key in ("all", "any") and isinstance(value, list):
            for part in value:
                yield from _leaves(part, depth + 1)
        elif key == "not":
            yield from _leaves(value, depth + 1)
        else:
            yield "" if key in RESERVED else str(key), value


def _impersonal(field: Field) -> bool:
    return field.personal is PersonalClass.NONE and not field.encrypted and not field.mask


def _stands(field: Field | None) -> bool:
    return (
        field is not None
        and field.personal is PersonalClass.NONE
        and shown_as(value_type(field).id) in DATES | PICKS | CHOICES | NUMBERS
    )
