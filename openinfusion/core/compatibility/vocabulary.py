"""Which drug is meant by the words in a list, and to which classes it belongs.

For allergy, duplicate and interaction checks on free text such as "Simvastatin 40 mg at night". Names and
classes are nomenclature from ``substances.json``; a word that is not known stays visible as unknown, it
never counts as no match.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

_WORD = re.compile(r"[a-z0-9][a-z0-9'’.\-/]*", re.ASCII | re.IGNORECASE)
_LONGEST_NAME = 5


@dataclass(frozen=True)
class Vocabulary:
    """Names to identifiers, and the classes that each identifier belongs to (itself included)."""

    by_name: Mapping[str, frozenset[str]]
    classes: Mapping[str, frozenset[str]]
    of_therapy: Mapping[str, str]

    @classmethod
    def build(
        cls,
        *,
        names: Mapping[str, Iterable[str]],
        classes: Mapping[str, Iterable[str]],
        of_therapy: Mapping[str, str],
    ) -> Vocabulary:
        """``names`` lists the spellings of each substance, ``classes`` the members of each class (classes
        nest).
        """
        member_of: dict[str, set[str]] = {substance: {substance} for substance in names}
        for group, members in classes.items():
            member_of.setdefault(group, {group})
            for member in members:
                member_of.setdefault(member, {member}).add(group)
        closed = {name: frozenset(_closure(name, member_of)) for name in member_of}
        by_name: dict[str, set[str]] = {}
        for identifier in closed:
            by_name.setdefault(identifier.lower(), set()).add(identifier)
        for substance, spellings in names.items():
            for spelling in spellings:
                by_name.setdefault(spelling.lower(), set()).add(substance)
        return cls(
            MappingProxyType({name: frozenset(found) for name, found in by_name.items()}),
            MappingProxyType(closed),
            MappingProxyType(dict(of_therapy)),
        )

    def identify(self, text: str) -> frozenset[str]:
        """The substances or classes that the text names; empty when none is known."""
        return _identify(self, text)

    def kinds(self, text: str) -> frozenset[str]:
        """Every substance and class that the text falls under."""
        found: set[str] = set()
        for identifier in self.identify(text):
            found |= self.classes[identifier]
        return frozenset(found)

    def kinds_of_therapy(self, therapy: str) -> frozenset[str]:
        """The substance of a therapy with its classes, and the therapy id itself."""
        substance = self.of_therapy.get(therapy, therapy)
        return self.classes.get(substance, frozenset({substance})) | {therapy}

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


def _closure(name: str, member_of: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = {name}, [name]
    while waiting:
        for group in member_of.get(waiting.pop(), set()) - reached:
            reached.add(group)
            waiting.append(group)
    return reached


@functools.lru_cache(maxsize=4096)
def _identify(vocabulary: Vocabulary, text: str) -> frozenset[str]:
    """Longest names first, each word used once: "sodium chloride" is not also "sodium"."""
    words = [word.strip(".'’-/").lower() for word in _WORD.findall(text)]
    found: set[str] = set()
    start = 0
    while start < len(words):
        for length in range(min(_LONGEST_NAME, len(words) - start), 0, -1):
            candidate = " ".join(words[start : start + length])
            matched = vocabulary.by_name.get(candidate) or vocabulary.by_name.get(candidate.removesuffix("s"))
            if matched:
                found |= matched
                start += length
                break
        else:
            start += 1
    return frozenset(found)
