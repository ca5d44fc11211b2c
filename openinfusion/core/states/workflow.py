"""One transition table per workflow: which step is possible in which state, who may, and what to say if not.

Decides for every service that moves a record; a refusal is the sentence shown on the
disabled button. Source: design section 3, "State machines".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class UnknownState(ValueError):
    """A record carries a state its workflow does not have: a fault of the caller, never of the person."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One arrow: ``action`` leads from ``source`` to ``target``; ``event`` tells it in the past tense."""

    action: str
    source: str
    target: str
    permission: str
    event: str
    refusal: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step is not possible: a code for programs, a sentence for the person."""

    code: str
    sentence: str


def label(name: str) -> str:
    """A state or action as words: ``in_review`` is "in review"."""
    return name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Workflow:
    """A named table of transitions. ``final`` states are places where work may end."""

    name: str
    title: str
    states: tuple[str, ...]
    initial: str
    final: frozenset[str]
    transitions: tuple[Transition, ...]

    def __post_init__(self) -> None:
        problems = [*self._unknown_names(), *self._ambiguities(), *self._dead_ends(), *self._unreachable()]
        if problems:
            raise ValueError(f"workflow {self.name!r}: " + "; ".join(problems))

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action once, in the order of the table."""
        return tuple(dict.fromkeys(t.action for t in self.transitions))

    @property
    def permissions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(t.permission for t in self.transitions))

    @property
    def events(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(t.event for t in self.transitions))

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """(value, words) pairs for a model field or a filter."""
        return tuple((state, label(state)) for state in self.states)

    def is_final(self, state: str) -> bool:
        self._require_known(state)
        return state in self.final

    def possible(self, state: str) -> tuple[Transition, ...]:
        """The steps possible in this state, in the order of the table."""
        self._require_known(state)
        return tuple(t for t in self.transitions if t.source == state)

    def check(self, state: str, action: str) -> Transition | Refusal:
        """The transition for ``action`` in ``state``, or the refusal to show."""
        self._require_known(state)
        for transition in self.transitions:
            if transition.source == state and transition.action == action:
                return transition
        template = next((t.refusal for t in self.transitions if t.action == action), None)
        if template is None:
            return Refusal(f"{self.name}.unknown_action", f"There is no such step for {_with_article(self.title)}.")
        return Refusal(f"{self.name}.{action}.wrong_state", template.replace("{state}", label(state)))

    def _require_known(self, state: str) -> None:
        if state not in self.states:
            raise UnknownState(f"{self.name} has no state {state!r}; known states: {', '.join(self.states)}")

    def _unknown_names(self) -> Iterable[str]:
        named = {self.initial, *self.final}
        named.update(name for t in self.transitions for name in (t.source, t.target))
        for name in sorted(named - set(self.states)):
            yield f"{name!r} is not one of its states"

    def _ambiguities(self) -> Iterable[str]:
        seen: set[tuple[str, str]] = set()
        sentences: dict[str, str] = {}
        for t in self.transitions:
            if (t.source, t.action) in seen:
                yield f"{t.action!r} from {t.source!r} is there twice"
            seen.add((t.source, t.action))
            if sentences.setdefault(t.action, t.refusal) != t.refusal:
                yield f"{t.action!r} is refused with two different sentences"

    def _dead_ends(self) -> Iterable[str]:
        leaving = {t.source for t in self.transitions if t.target != t.source}
        for state in self.states:
            if state not in self.final and state not in leaving:
                yield f"no way out of {state!r}, and it is not final"

    def _unreachable(self) -> Iterable[str]:
        reached = {self.initial}
        frontier = [self.initial]
        while frontier:
            here = frontier.pop()
            for t in self.transitions:
                if t.source == here and t.target not in reached:
                    reached.add(t.target)
                    frontier.append(t.target)
        for state in self.states:
            if state not in reached:
                yield f"{state!r} cannot be reached from {self.initial!r}"


def moves(
    action: str, *, sources: Sequence[str], target: str, permission: str, event: str, refusal: str
) -> tuple[Transition, ...]:
    """The same action from several states."""
    return tuple(Transition(action, source, target, permission, event, refusal) for source in sources)


def _with_article(title: str) -> str:
    return f"{'an' if title[0] in 'aeiou' else 'a'} {title}"
