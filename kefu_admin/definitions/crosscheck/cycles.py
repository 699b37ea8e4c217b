"""Loops: types that own each other, values worked out from each other, references that all must
be filled first."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

from kefu_admin.definitions.condition_text import reads
from kefu_admin.definitions.faults import Fault
from kefu_admin.definitions.fields import ALWAYS_WHEN
from kefu_admin.definitions.formula import Binary, Call, ChildrenOf, Node, Unary
from kefu_admin.definitions.loading import Loading

N = TypeVar("N", bound=Hashable)
Value = tuple[str, str]  # type id, field id


def check_cycles(loading: Loading) -> None:
    """Ownership, computed and rollup values, required references."""
    types = loading.types
    owners = {
        type.id: [type.fields[type.owned_by].to]
        for type in types.values()
        if type.owned_by in type.fields
    }
    owning = tuple(cycles(owners))
    for cycle in owning:
        loading.problems.add(
            types[cycle[0]].place, Fault.OWNERSHIP_CYCLE, path=" → ".join((*cycle, cycle[0]))
        )
    for loop in cycles(worked_out(loading)):
        type_id, name = loop[0]
        path = " → ".join(f"{a}.{b}" for a, b in (*loop, loop[0]))
        loading.problems.add(types[type_id].fields[name].place, Fault.COMPUTED_CYCLE, path=path)
    needed = {
        type.id: [
            field.to
            for field in type.fields.values()
            if field.type == "reference" and field.required == ALWAYS_WHEN
        ]
        for type in types.values()
    }
    told = {frozenset(cycle) for cycle in owning}
    for cycle in cycles(needed):  # nobody could make the first row, nor delete the last ones
        if frozenset(cycle) not in told:
            loading.problems.add(
                types[cycle[0]].place, Fault.REQUIRED_REFERENCE_LOOP,
                path=" → ".join((*cycle, cycle[0])),
            )  # fmt: skip


def cycles(graph: Mapping[N, Sequence[N]]) -> Iterator[tuple[N, ...]]:
    """One loop for each set of nodes that reach each other, beginning at its first in order."""
    order = {node: index for index, node in enumerate(graph)}
    done: set[N] = set()
    for start in graph:
        trail: list[N] = []
        on_trail: set[N] = set()
        stack: list[tuple[N, Iterator[N]]] = []
        if start in done:
            continue
        stack.append((start, iter(graph[start])))
        trail.append(start)
        on_trail.add(start)
        while stack:
            node, below = stack[-1]
            following = next(below, None)
            if following is None:
                stack.pop()
                trail.pop()
                on_trail.discard(node)
                done.add(node)
            elif following in on_trail:
                loop = trail[trail.index(following) :]
                first = min(range(len(loop)), key=lambda i: order[loop[i]])
                yield tuple(loop[first:] + loop[:first])
            elif following in graph and following not in done:
                stack.append((following, iter(graph[following])))
                trail.append(following)
                on_trail.add(following)


def worked_out(loading: Loading) -> dict[Value, list[Value]]:
    """Each computed or rollup value with the values it is worked out from."""
    types = loading.types
    graph: dict[Value, list[Value]] = {}
    for type in types.values():
        for field in type.fields.values():
            needs: list[Value] = []
            if field.formula is not None:
                needs += [(type.id, name) for name in sorted(field.formula.fields)]
                for children in _children(field.formula.root):
                    below = type.fields.get(children.name)
                    if below is not None and children.field:
                        needs.append((below.to, children.field))
            if (rollup := field.rollup) is not None and (of := types.get(rollup.of)):
                needs += [(of.id, name) for name in (rollup.field, rollup.order) if name]
                if rollup.where is not None:
                    needs += sorted(set(reads(rollup.where, of, types)))
            if needs:
                graph[type.id, field.id] = list(dict.fromkeys(needs))
    return graph


def _children(node: Node) -> Iterator[ChildrenOf]:
    match node:
        case ChildrenOf():
            yield node
        case Call(arguments=arguments):
            for argument in arguments:
                yield from _children(argument)
        case Binary(left=left, right=right):
            yield from _children(left)
            yield from _children(right)
        case Unary(operand=operand):
            yield from _children(operand)
        case _:
            return
