"""What kind of reaction the words of an allergy record describe; what is not understood counts as unknown.

For the allergy check. Domain guide rule 11: an infusion reaction is not an allergy; a severe delayed
reaction is not answered by the cross-reactivity facts on immediate reactions.
"""

from __future__ import annotations

import enum
import re


class Reaction(enum.StrEnum):
    SEVERE_IMMEDIATE = "severe immediate"
    SEVERE_DELAYED = "severe delayed"
    HIVES = "hives"
    RASH = "rash"
    INTOLERANCE = "intolerance"
    INFUSION = "infusion reaction"
    UNKNOWN = "unknown"

    @property
    def stops(self) -> bool:
        """True when the same drug may not be given again on this record."""
        return self in (Reaction.SEVERE_IMMEDIATE, Reaction.SEVERE_DELAYED, Reaction.HIVES, Reaction.UNKNOWN)


_PATTERNS: tuple[tuple[Reaction, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(words, re.IGNORECASE))
    for kind, words in (
        (
            Reaction.SEVERE_DELAYED,
            r"stevens|\bsjs\b|toxic epidermal|\bten\b|\bdress\b|nephritis|hepatitis|ha?emoly|serum sickness"
            r"|exfoliat",
        ),
        (
            Reaction.SEVERE_IMMEDIATE,
            r"anaphyla|angio-?o?edema|throat|tongue|airway|stridor|shock|hypotens|bronchospasm|wheez|collapse|syncope"
            r"|short(ness)? of breath|dyspn|cardiac arrest|respiratory",
        ),
        (Reaction.HIVES, r"\bhives?\b|urticari"),
        (Reaction.INFUSION, r"infusion[ _-]?reaction|red ?man|flushing"),
        (Reaction.RASH, r"rash|itch|prurit|exanthem"),
        (
            Reaction.INTOLERANCE,
            r"intoleran|nausea|vomit|diarrh|upset|stomach|constipat|headache|dizz|side effect|metallic",
        ),
    )
)


def classify(text: str) -> Reaction:
    """The gravest kind that the words name; words that name none are unknown."""
    for kind, pattern in _PATTERNS:
        if pattern.search(text):
            return kind
    return Reaction.UNKNOWN
