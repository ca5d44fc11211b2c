"""The rules an order is checked against: each a typed limit with its id, category, source, grade and the
words it was read from. A rule set holds the rules that are active; the checks know no number of their own.

For pharmacists who approve rules and for the checks. Design idea 4; hazards HZ-024 and HZ-124.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from openinfusion.core.compatibility import Vocabulary
from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Severity
from openinfusion.core.orders.therapy import Therapy
from openinfusion.core.units import Quantity

ANY = "*"


@dataclass(frozen=True, slots=True)
class When:
    """The circumstances a limit is for; an empty one always applies."""

    first_dose: bool | None = None
    continuous: bool | None = None
    route: str | None = None
    weight_under: Quantity | None = None
    weight_from: Quantity | None = None
    dose_up_to: Quantity | None = None
    dose_over: Quantity | None = None
    clearance_over: Decimal | None = None
    indication: tuple[str, ...] = ()
    not_indication: tuple[str, ...] = ()
    condition: tuple[str, ...] = ()
    unless_indication_known: bool = False


ALWAYS = When()


@dataclass(frozen=True, slots=True)
class DoseRange:
    """Amount per dose, day or course: outside ``low``..``high`` is asked about, over ``most`` is stopped."""

    per: str
    low: Quantity | None = None
    high: Quantity | None = None
    most: Quantity | None = None
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class ShortestTime:
    """Infusion time: under ``least`` is asked about, under ``stop_under`` stopped; ``fastest`` adds dose
    over rate.
    """

    least: Quantity
    stop_under: Quantity | None = None
    fastest: Quantity | None = None
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class FastestRate:
    """A highest rate, in mL/h, mL/kg/h, mL/h/site or an amount per time; over ``stop_over`` is stopped."""

    limit: Quantity
    stop_over: Quantity | None = None
    at_start: bool = False
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class RateRise:
    """A ramp: at most this much more, and no sooner than this (``first``: at the starting rate)."""

    every: Quantity
    increment: Quantity | None = None
    first: Quantity | None = None
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class ShortestInterval:
    """Not more often than this."""

    interval: Quantity
    severity: Severity = Severity.INTERRUPT
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class Strongest:
    """A highest concentration."""

    limit: Quantity
    stop_over: Quantity | None = None


@dataclass(frozen=True, slots=True)
class RenalBand:
    """Up to this clearance (whole mL/min): at most this dose in this time, or this rate."""

    to: Decimal
    dose: Quantity | None = None
    every: Quantity | None = None
    rate: Quantity | None = None
    indication: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RenalLimit:
    """Kidney function is needed; the bands say what is too much. No bands: the input is needed, a person
    judges.
    """

    bands: tuple[RenalBand, ...] = ()


@dataclass(frozen=True, slots=True)
class LabNeeded:
    """A result that must be there, no older than this."""

    test: str
    newest_days: int
    severity: Severity
    words: str = ""


@dataclass(frozen=True, slots=True)
class DiluentRule:
    """What it may not be mixed in, or the only things it may."""

    refused: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    severity: Severity = Severity.BLOCK


@dataclass(frozen=True, slots=True)
class SharedLine:
    """What may not run through the same line; ``*`` is anything."""

    other: tuple[str, ...]
    severity: Severity


@dataclass(frozen=True, slots=True)
class InteractionRule:
    """Two drugs together, or with a disease."""

    other: tuple[str, ...]
    severity: Severity
    effect: str
    action: str
    subject: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConditionLimit:
    """With these conditions not at all, or not over this dose or daily dose."""

    all_of: tuple[tuple[str, ...], ...]
    severity: Severity
    words: str
    dose_over: Quantity | None = None
    daily_over: Quantity | None = None
    unless_first_dose: bool = False


@dataclass(frozen=True, slots=True)
class ProgramNeeded:
    """A risk program the patient must be enrolled in."""

    program: str
    words: str


@dataclass(frozen=True, slots=True)
class PremedicationNeeded:
    """One of each group must be ordered."""

    groups: tuple[tuple[str, ...], ...]
    severity: Severity = Severity.INTERRUPT
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class PregnancyRule:
    """A label warning for pregnancy or lactation."""

    words: str
    lactation: bool = False


@dataclass(frozen=True, slots=True)
class FirstDosePolicy:
    """A first dose that is not given at home."""

    words: str
    severity: Severity = Severity.BLOCK


@dataclass(frozen=True, slots=True)
class StabilityLimit:
    """How long it lasts after preparation at best, and while it runs at room temperature."""

    total: Quantity | None = None
    running: Quantity | None = None


@dataclass(frozen=True, slots=True)
class CentralAccess:
    """Needs a central line, always or over a concentration or an osmolarity."""

    severity: Severity
    over: Quantity | None = None
    osmolarity_over: Quantity | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class BrandOnly:
    """The rate table is for these brands; another brand has another table."""

    brands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CrossReaction:
    """An allergy (substance, class or words) and what it means for an exposure."""

    allergy: tuple[str, ...]
    exposure: tuple[str, ...]
    severity: Severity
    words: str
    severe_delayed: Severity | None = None
    reactions: tuple[str, ...] = ()


Limit = (
    DoseRange
    | ShortestTime
    | FastestRate
    | RateRise
    | ShortestInterval
    | Strongest
    | RenalLimit
    | LabNeeded
    | DiluentRule
    | SharedLine
    | InteractionRule
    | ConditionLimit
    | ProgramNeeded
    | PremedicationNeeded
    | PregnancyRule
    | FirstDosePolicy
    | StabilityLimit
    | CentralAccess
    | BrandOnly
    | CrossReaction
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One limit with where it comes from. ``original`` keeps the words of the source cell."""

    id: str
    category: str
    therapies: tuple[str, ...]
    limit: Limit
    sources: tuple[str, ...]
    grade: str
    verification: str
    original: str
    pack: str
    row: str
    note: str = ""

    @property
    def may_be_proposed(self) -> bool:
        is_sound = self.verification == "verified" and self.grade in ("A", "B")
        return self.is_safety_control or is_sound or not control_is_on("HZ-124")

    @property
    def is_safety_control(self) -> bool:
        """A control of the hazard list or the domain guide: active everywhere, nobody approves it away."""
        return self.verification == "safety"

    @property
    def source(self) -> str:
        return f"{';'.join(self.sources)} (grade {self.grade}; {self.row})"


@dataclass(frozen=True)
class RuleSet:
    """The rules that are active, the therapies and the vocabulary they are written in, under one version."""

    version: str
    rules: tuple[Rule, ...]
    therapies: Mapping[str, Therapy]
    vocabulary: Vocabulary
    _by_therapy: Mapping[str, tuple[Rule, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        general = [rule for rule in self.rules if ANY in rule.therapies]
        index = {
            therapy: tuple([rule for rule in self.rules if therapy in rule.therapies] + general)
            for therapy in self.therapies
        }
        object.__setattr__(self, "_by_therapy", MappingProxyType(index))

    @classmethod
    def proposed(
        cls,
        rules: Iterable[Rule],
        *,
        version: str,
        therapies: Mapping[str, Therapy],
        vocabulary: Vocabulary,
    ) -> RuleSet:
        """As if every rule verified at grade A or B were approved: for tests and for review, not for care."""
        active = tuple(rule for rule in rules if rule.may_be_proposed)
        return cls(f"{version} proposed", active, therapies, vocabulary)

    def for_therapy(self, therapy: str) -> tuple[Rule, ...]:
        return self._by_therapy.get(therapy, ())
