"""A person's filter, sort and quick search, held to what he sees.

A comparison of a field counts only in rows where the field is open to him (pairs, not unions: the
condition of the grants that open it is joined to the comparison itself), so an answer never
depends on a value he could not read on the page. A field open nowhere is refused exactly as one
that does not exist. One who sees a value masked may ask for the end the mask shows; the whole value
needs the right to search it exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kefu_admin.definitions.builtin import BUILTIN_TYPES, content_type
from kefu_admin.definitions.condition import (
    ALWAYS,
    NEVER,
    All,
    Any_,
    Children,
    Compare,
    Condition,
    Count,
    Literal,
    Not,
    Op,
    Path,
    Quantifier,
)
from kefu_admin.definitions.condition_text import parse_filter
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import field_type, operators, storage, value_type
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.logic import all_of, any_of, negate, through
from kefu_admin.definitions.masks import searchable_tail
from kefu_admin.definitions.role import Right
from kefu_admin.definitions.view import SortKey
from kefu_admin.problems import UnknownParameter
from kefu_admin.store.rules import Reach, Rules

SEE = frozenset({Right.SEE})
MASKED = frozenset({Right.SEE_MASKED})
EXACT = frozenset({Right.SEARCH_EXACT})


@dataclass(frozen=True, slots=True)
class Exact:
    """A value looked up in a field that the right to search exactly opens beyond what the asker
    sees in full."""

    type: str
    field: str
    value: object


@dataclass(slots=True)
class Guard:
    """Joins a person's conditions with the rules of the types they touch. `exact` collects
    values looked up exactly without being seen: to be logged and limited.
    `visible_ids` says which of some records of a type the asker sees."""

    types: Mapping[str, ContentType]
    rules: Mapping[str, Rules]
    visible_ids: Callable[[str, tuple[int, ...]], Collection[int]]
    exact: list[Exact] = field(default_factory=list)

    def guarded(self, condition: Condition, type_id: str) -> Condition:
        """The condition as it may be asked.

        Raises:
            UnknownParameter: a comparison of a field that is not open for it anywhere.
        """
        match condition:
            case All(parts=parts):
                return all_of(self.guarded(part, type_id) for part in parts)
            case Any_(parts=parts):
                return any_of(self.guarded(part, type_id) for part in parts)
            case Not(part=part):
                return negate(self.guarded(part, type_id))
            case Compare():
                return self._compare(condition, type_id)
            case Children() | Count():
                return self._children(condition, type_id)

    def opens(
        self, condition: Condition, type_id: str, rights: frozenset[Right] | None = None
    ) -> bool:
        """Whether each comparison of a condition is open to the asker somewhere, by these rights or
        by those it needs. Asks nothing and tells nobody."""
        match condition:
            case All(parts=parts) | Any_(parts=parts):
                return all(self.opens(part, type_id, rights) for part in parts)
            case Not(part=part):
                return self.opens(part, type_id, rights)
            case Children(path=path, where=where) | Count(path=path, where=where):
                child = self.types[type_id].fields[path.names[0]].to
                seen = self._where(type_id, path.names[0], SEE) != NEVER
                return seen and child in self.rules and self.opens(where, child, rights)
            case Compare(left=Path() as left, right=right):
                needed = rights or self._asked(condition, type_id)[0]
                other = [right] if isinstance(right, Path) else []
                return self._open(left, type_id, needed) != NEVER and all(
                    self._open(each, type_id, SEE) != NEVER for each in other
                )
        return False

    def _compare(self, leaf: Compare, type_id: str) -> Condition:
        if not isinstance(leaf.left, Path):
            raise UnknownParameter(name="formula")
        rights, exact = self._asked(leaf, type_id)
        opened = self._open(leaf.left, type_id, rights)
        if isinstance(leaf.right, Path):
            opened = all_of((opened, self._open(leaf.right, type_id, SEE)))
        if opened == NEVER:
            raise UnknownParameter(name=str(leaf.left))
        if exact and self._open(leaf.left, type_id, SEE) != self._open(leaf.left, type_id, rights):
            value = leaf.right.value if isinstance(leaf.right, Literal) else None
            self.exact.append(Exact(self._owner(leaf.left, type_id), leaf.left.names[-1], value))
        if leaf.op is Op.IS_EMPTY and leaf.right == Literal(True):
            return any_of((leaf, negate(opened)))
        return all_of((opened, self._members(leaf, self._field(leaf.left, type_id))))

    def _asked(self, leaf: Compare, type_id: str) -> tuple[frozenset[Right], bool]:
        """The rights that open a comparison, and whether it looks a whole value up."""
        if not isinstance(leaf.left, Path) or not isinstance(leaf.right, Literal):
            return SEE, False
        one = self._field(leaf.left, type_id)
        if leaf.op is Op.EQ:
            return SEE | EXACT, True
        value = leaf.right.value
        if leaf.op is Op.ENDS_WITH and isinstance(value, str) and shows_tail(one, value):
            return SEE | MASKED, False
        return SEE, False

    def _open(self, path: Path, type_id: str, rights: frozenset[Right]) -> Condition:
        """In which visible rows of the type the path may be followed and its end be asked."""
        name, *rest = path.names
        if not rest:
            return self._followed(type_id, name, self._where(type_id, name, rights))
        target = path.through[0]
        beyond = self._open(Path(tuple(rest), path.through[1:]), target, rights)
        own = self._where(type_id, name, SEE)
        if own == NEVER or beyond == NEVER:
            return NEVER
        visible = self.rules[target].visible if target in self.rules else ALWAYS
        return all_of((own, through(name, all_of((visible, beyond)), target)))

    def _followed(self, type_id: str, name: str, opened: Condition) -> Condition:
        """A reference is open only where the record it leads to is visible."""
        owner = content_type(self.types, type_id)
        one = owner.fields.get(name) if owner is not None else None
        if one is None or storage(one) is not Storage.LINK or one.to not in self.rules:
            return opened
        return all_of((opened, through(name, self.rules[one.to].visible, one.to)))

    def _members(self, leaf: Compare, one: Field) -> Compare | Condition:
        """A question for members of many references, without those the asker may not see."""
        if storage(one) is not Storage.LINKS or not isinstance(leaf.right, Literal):
            return leaf
        value = leaf.right.value
        if leaf.op is Op.IS_EMPTY or one.to not in self.rules:
            return leaf
        asked = tuple(value) if isinstance(value, tuple) else (value,)
        visible = self.visible_ids(one.to, tuple(i for i in asked if isinstance(i, int)))
        kept = tuple(i for i in asked if i in visible)
        if not kept or (leaf.op is not Op.HAS_ANY and len(kept) < len(asked)):
            return NEVER
        return replace(leaf, right=Literal(kept)) if isinstance(value, tuple) else leaf

    def _where(self, type_id: str, name: str, rights: frozenset[Right]) -> Condition:
        if type_id in BUILTIN_TYPES:
            return ALWAYS
        rules = self.rules.get(type_id)
        return rules.where(name, rights) if rules is not None else NEVER

    def _children(self, condition: Children | Count, type_id: str) -> Condition:
        """Owned rows count only where the asker sees them."""
        name = condition.path.names[0]
        child = self.types[type_id].fields[name].to
        rules = self.rules.get(child)
        opened = self._where(type_id, name, SEE)
        if rules is None or opened == NEVER:
            raise UnknownParameter(name=name)
        inner = self.guarded(condition.where, child)
        if isinstance(condition, Children) and condition.quantifier is Quantifier.ALL:
            where = any_of((inner, negate(rules.visible)))
        else:
            where = all_of((rules.visible, inner))
        return all_of((opened, replace(condition, where=where)))

    def _field(self, path: Path, type_id: str) -> Field:
        owner = content_type(self.types, self._owner(path, type_id))
        if owner is None or path.names[-1] not in owner.fields:
            raise UnknownParameter(name=path.names[-1])
        return owner.fields[path.names[-1]]

    def _owner(self, path: Path, type_id: str) -> str:
        return path.through[-1] if path.through else type_id


def shows_tail(one: Field, text: str) -> bool:
    """Whether the mask of a field shows a text of this length at the end of its values."""
    return 0 < len(text) <= searchable_tail(one)


def read_filter(raw: object, type_id: str, guard: Guard) -> Condition:
    """A person's filter, from a plain tree or parsed, as it may be asked.

    Raises:
        UnknownParameter: a field he may not use, or that does not exist.
        Invalid: the filter is not well formed.
    """
    if raw is None or raw == {} or raw == ALWAYS:
        return ALWAYS
    if isinstance(raw, Compare | All | Any_ | Not | Children | Count):
        return guard.guarded(raw, type_id)
    return guard.guarded(parse_filter(raw, guard.types[type_id], guard.types), type_id)


def read_sort(keys: Sequence[str], rules: Rules) -> tuple[SortKey, ...]:
    """Sort keys as written ("-created_at"), only over fields seen in full in every row.

    Raises:
        UnknownParameter: any other field.
    """
    read = tuple(SortKey(key.removeprefix("-"), key.startswith("-")) for key in keys)
    for key in read:
        if not sortable(rules, key.field):
            raise UnknownParameter(name=key.field)
    return read


def sortable(rules: Rules, name: str) -> bool:
    """Whether a list may be sorted by the field without telling more than it shows."""
    one = rules.type.fields.get(name)
    if one is None or (one.formula is not None and one.formula.uses_now):
        return False
    return (
        value_type(one).sortable
        and field_type(one).sortable
        and not one.encrypted
        and rules.reach(name) is Reach.ALL
    )


def filter_operators(one: Field, rules: Rules) -> tuple[Op, ...]:
    """The operators a person may use on a field in a filter, in the order of `Op`."""
    if one.formula is not None and one.formula.uses_now:
        return ()
    known = operators(one)
    if rules.where(one.id, SEE) != NEVER:
        return tuple(op for op in Op if op in known)
    allowed: set[Op] = set()
    if rules.where(one.id, EXACT) != NEVER:
        allowed.add(Op.EQ)
    if rules.where(one.id, MASKED) != NEVER and searchable_tail(one):
        allowed.add(Op.ENDS_WITH)
    return tuple(op for op in Op if op in allowed & known)


def narrowed(
    types: Mapping[str, ContentType], rules: Mapping[str, Rules]
) -> dict[str, ContentType]:
    """The types as the asker knows them: without fields that are open to him nowhere, so that a
    hidden field is refused with the very words an unknown one gets."""
    known: dict[str, ContentType] = {}
    for type_id, of_type in rules.items():
        content = types[type_id]
        fields = {
            name: one
            for name, one in content.fields.items()
            if of_type.where(name, SEE | MASKED | EXACT) != NEVER
            and (not one.to or one.to in rules)
        }
        known[type_id] = replace(content, fields=fields)
    return known
