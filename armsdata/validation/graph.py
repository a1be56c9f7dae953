"""Cycles among references."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

Ints = np.ndarray[Any, Any]
#: Rounds of trimming before Python walks what is left; a deep but honest chain is trimmed from both ends meanwhile.
_ROUNDS = 30


def cycles(owners: Ints, targets: Ints, rows: Ints) -> list[tuple[int, ...]]:
    """The circles in a graph of references.

    Args:
        owners: the key's hash of the row each reference stands in.
        targets: the key's hash that it names.
        rows: the row it stands in.

    Returns:
        One circle for each knot of rows that refer to each other: its rows in the order of the references, beginning
        with the one that stands first in the file.
    """
    for _ in range(_ROUNDS):  # what refers to nothing that refers on, or is named by nothing, is on no circle
        keep = np.isin(targets, owners) & np.isin(owners, targets)
        if keep.all():
            break
        owners, targets, rows = owners[keep], targets[keep], rows[keep]
    following: dict[int, list[int]] = {}
    row_of: dict[int, int] = {}
    for owner, target, row in zip(owners.tolist(), targets.tolist(), rows.tolist(), strict=True):
        following.setdefault(owner, []).append(target)
        row_of[owner] = min(row, row_of.get(owner, row))
    found = []
    for knot in _knots(following):
        first = min(knot, key=row_of.__getitem__)
        circle = _shortest(first, following, knot)
        if circle:
            found.append(tuple(row_of[node] for node in circle))
    return sorted(found)


def _knots(following: dict[int, list[int]]) -> Iterator[set[int]]:
    """The strongly connected parts of a graph (Tarjan's way, without recursion)."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    for root in following:
        if root in number:
            continue
        walk = [(root, iter(following[root]))]
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        while walk:
            node, rest = walk[-1]
            for target in rest:
                if target not in number:
                    number[target] = low[target] = len(number)
                    stack.append(target)
                    on_stack.add(target)
                    walk.append((target, iter(following.get(target, ()))))
                    break
                if target in on_stack:
                    low[node] = min(low[node], number[target])
            else:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[node])
                if low[node] == number[node]:
                    yield _take_knot(stack, on_stack, node)


def _take_knot(stack: list[int], on_stack: set[int], root: int) -> set[int]:
    knot = set()
    while True:
        node = stack.pop()
        on_stack.discard(node)
        knot.add(node)
        if node == root:
            return knot


def _shortest(start: int, following: dict[int, list[int]], knot: set[int]) -> list[int]:
    """The shortest circle from a node back to it within its knot; empty where there is none."""
    came_from: dict[int, int] = {}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for target in following.get(node, ()):
            if target == start:
                path = [node]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return path[::-1]
            if target in knot and target not in came_from:
                came_from[target] = node
                waiting.append(target)
    return []
