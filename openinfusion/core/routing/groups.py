"""Visits that must be thought of together: groups with one common moment, and the links between groups.

A group is one visit, or two given side by side by two nurses (simultaneous, or a short precedence that needs
different nurses). A link is a pair whose visits may be far apart in time, like connect and disconnect: another
visit fits between them. Both solvers and the schedule use this one reading of `Problem.pairs`.
"""

from __future__ import annotations

from dataclasses import dataclass

from openinfusion.core.routing.problem import NursePolicy, Pair, Problem


@dataclass(frozen=True, slots=True)
class Group:
    """One or two visits by their positions in ``problem.visits``; the second follows within [min, max] gap."""

    visits: tuple[int, ...]
    min_gap: float = 0.0
    max_gap: float = 0.0


@dataclass(frozen=True, slots=True)
class Link:
    """Group ``second`` starts between ``min_gap`` and ``max_gap`` minutes after group ``first``."""

    first: int
    second: int
    min_gap: float
    max_gap: float
    nurse: NursePolicy


@dataclass(frozen=True, slots=True)
class Grouping:
    """All groups and links, which group a visit is in, and the chains that stand or fall together."""

    groups: tuple[Group, ...]
    links: tuple[Link, ...]
    group_of: tuple[int, ...]
    chain_of: tuple[int, ...]


def grouping_of(problem: Problem) -> Grouping:
    """The groups and links of a sound problem."""
    position = {visit.id: index for index, visit in enumerate(problem.visits)}
    side_by_side = [pair for pair in problem.pairs if _is_side_by_side(problem, pair, position)]
    partner = {position[pair.first]: pair for pair in side_by_side}
    followers = {position[pair.second] for pair in side_by_side}
    groups: list[Group] = []
    group_of = [0] * len(problem.visits)
    for index in range(len(problem.visits)):
        if index in followers:
            continue
        pair = partner.get(index)
        members = (index,) if pair is None else (index, position[pair.second])
        gaps = (0.0, 0.0) if pair is None else (pair.min_gap, pair.max_gap)
        for member in members:
            group_of[member] = len(groups)
        groups.append(Group(members, *gaps))
    links = tuple(
        Link(
            group_of[position[pair.first]],
            group_of[position[pair.second]],
            pair.min_gap,
            pair.max_gap,
            pair.nurse,
        )
        for pair in problem.pairs
        if pair not in side_by_side
    )
    return Grouping(tuple(groups), links, tuple(group_of), _chains(len(groups), links))


def _is_side_by_side(problem: Problem, pair: Pair, position: dict[str, int]) -> bool:
    if pair.is_simultaneous:
        return True
    first, second = problem.visits[position[pair.first]], problem.visits[position[pair.second]]
    if pair.nurse is not NursePolicy.DIFFERENT or first.place != second.place:
        return False
    if first.frozen is not None or second.frozen is not None:
        return False
    mine = {pair.first, pair.second}
    return not any(other is not pair and mine & {other.first, other.second} for other in problem.pairs)


def _chains(count: int, links: tuple[Link, ...]) -> tuple[int, ...]:
    """For every group the number of its chain: groups joined by links, which are placed all or not at all."""
    chain = list(range(count))
    for _ in links:
        changed = False
        for link in links:
            low = min(chain[link.first], chain[link.second])
            if chain[link.first] != low or chain[link.second] != low:
                chain[link.first] = chain[link.second] = low
                changed = True
        if not changed:
            break
    return tuple(chain)
