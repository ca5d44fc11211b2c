"""Who may take which visit, once for a whole problem, and which visits nobody can take.

Both searches work only on what is left here; licence and competency are judged by `core.routing.qualification`.
"""

from __future__ import annotations

from dataclasses import dataclass

from openinfusion.core.routing.groups import Grouping
from openinfusion.core.routing.problem import Problem
from openinfusion.core.routing.qualification import standing_reasons


@dataclass(frozen=True, slots=True)
class Eligible:
    """``nurses[v]``: caregiver positions that may take visit position v. ``groups``: group numbers to plan."""

    nurses: tuple[tuple[int, ...], ...]
    groups: tuple[int, ...]


def eligible(problem: Problem, grouping: Grouping) -> Eligible:
    """The caregivers of every visit, and the groups that can be placed at all.

    A group is out when a visit of it has nobody, when its two visits have only the same one nurse, or when another
    group of its chain is out; what is frozen is a fact and stays.
    """
    number = {caregiver.id: index for index, caregiver in enumerate(problem.caregivers)}
    nurses: list[tuple[int, ...]] = []
    for visit in problem.visits:
        if visit.frozen is not None:
            nurses.append((number[visit.frozen.caregiver_id],))
            continue
        nurses.append(
            tuple(
                index
                for index, caregiver in enumerate(problem.caregivers)
                if not standing_reasons(problem, visit, caregiver)
            )
        )
    hopeless_chains = {
        grouping.chain_of[index]
        for index, group in enumerate(grouping.groups)
        if len(set().union(*(nurses[visit] for visit in group.visits))) < len(group.visits)
        or any(not nurses[visit] for visit in group.visits)
    }
    groups = tuple(
        index
        for index, group in enumerate(grouping.groups)
        if grouping.chain_of[index] not in hopeless_chains or is_frozen(problem, grouping, index)
    )
    return Eligible(tuple(nurses), groups)


def is_frozen(problem: Problem, grouping: Grouping, group_number: int) -> bool:
    """Whether the group's visits are facts."""
    return problem.visits[grouping.groups[group_number].visits[0]].frozen is not None
