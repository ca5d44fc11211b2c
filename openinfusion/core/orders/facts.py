"""Everything the checks look at, worked out once per case: plan, age, kidney function, the therapy's
active rules.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from openinfusion.core.dosing import NeedsInput, choose_renal_weight, creatinine_clearance
from openinfusion.core.orders.model import InfusionOrder
from openinfusion.core.orders.patient import Case, Lab, PatientFacts
from openinfusion.core.orders.plan import InfusionPlan, plan_infusion
from openinfusion.core.orders.rules import Limit, Rule, RuleSet, When
from openinfusion.core.orders.therapy import Therapy
from openinfusion.core.units import Quantity, UnitError, round_fraction, unit

L = TypeVar("L", bound=Limit)
ADULT_YEARS = 18
_ADULT_DAYS = 18 * 365 + 4
_NEGATIONS = ("no ", "not ", "without ", "denies ", "negative for ", "family history")


@dataclass(frozen=True)
class Facts:
    """One case with what follows from it."""

    case: Case
    ruleset: RuleSet

    @property
    def order(self) -> InfusionOrder:
        return self.case.order

    @property
    def patient(self) -> PatientFacts:
        return self.case.patient

    @functools.cached_property
    def therapy(self) -> Therapy:
        return self.ruleset.therapies[self.order.therapy]

    @functools.cached_property
    def rules(self) -> tuple[Rule, ...]:
        return self.ruleset.for_therapy(self.order.therapy)

    def limits(self, kind: type[L]) -> Iterator[tuple[Rule, L]]:
        """The active limits of one kind for this therapy."""
        for rule in self.rules:
            if isinstance(rule.limit, kind):
                yield rule, rule.limit

    @functools.cached_property
    def plan(self) -> InfusionPlan:
        return plan_infusion(self.order, self.patient)

    @functools.cached_property
    def age_years(self) -> int | None:
        return self.patient.age_years(self.case.at.date())

    @property
    def is_child(self) -> bool:
        return self.age_years is not None and self.age_years < ADULT_YEARS

    @functools.cached_property
    def kinds(self) -> frozenset[str]:
        return self.ruleset.vocabulary.kinds_of_therapy(self.order.therapy)

    @functools.cached_property
    def creatinine(self) -> Lab | None:
        return self.patient.latest_lab("creatinine")

    @functools.cached_property
    def clearance(self) -> Quantity | NeedsInput:
        """Cockcroft-Gault with the weight that the renal rule uses; a refusal names what is missing."""
        weight = self.patient.weight.weight if self.patient.weight else None
        chosen = choose_renal_weight(weight=weight, height=self.patient.height, sex=self.patient.sex)
        return creatinine_clearance(
            age_years=self.age_years,
            weight=weight if isinstance(chosen, NeedsInput) else chosen.weight,
            creatinine=self._creatinine_quantity,
            sex=self.patient.sex,
        )

    @property
    def _creatinine_quantity(self) -> Quantity | None:
        """mg/dL only: another unit is a question, not a conversion with a molar mass."""
        lab = self.creatinine
        if lab is None or lab.unit.replace(" ", "").lower() != "mg/dl" or lab.value <= 0:
            return None
        return Quantity(lab.value, unit("mg/dL"))

    @functools.cached_property
    def clearance_ml_min(self) -> Decimal | None:
        """Whole mL/min, as the bands of the sources are printed; None when not known."""
        if isinstance(self.clearance, NeedsInput):
            return None
        return round_fraction(Fraction(self.clearance.value), places=0)

    def amount_for_patient(self, limit: Quantity) -> Fraction | None:
        """A limit per kg or m2 as this patient's exact amount; None when the weight is not known."""
        exact = limit.exact
        if limit.unit.is_per_weight:
            if self.plan.kilograms is None:
                return None
            exact *= self.plan.kilograms
        if limit.unit.is_per_surface:
            if self.plan.surface is None:
                return None
            exact *= self.plan.surface.amount_in("m2")
        return exact

    def has_condition(self, words: tuple[str, ...]) -> bool:
        """Does a recorded condition contain one of the words, and is it not denied?"""
        return any(
            word in condition
            for condition in (text.lower() for text in self.patient.conditions or ())
            if not condition.startswith(_NEGATIONS)
            for word in words
        )

    def applies(self, when: When) -> bool:
        """Is this limit for this case? Unknown circumstances leave a general limit in force, a special one
        out.
        """
        order, plan = self.order, self.plan
        if when.first_dose is not None and order.first_dose is not when.first_dose:
            return False
        if when.continuous is not None and plan.is_continuous is not when.continuous:
            return False
        if when.route is not None and (order.route is None or order.route.value != when.route):
            return False
        if not self._weight_fits(when) or not self._dose_fits(when):
            return False
        if when.clearance_over is not None and (self.clearance_ml_min or 0) <= when.clearance_over:
            return False
        indication = (order.indication or "").lower()
        if when.indication and not any(word in indication for word in when.indication):
            return False
        if when.not_indication and any(word in indication for word in when.not_indication):
            return False
        return not when.condition or self.has_condition(when.condition)

    def _weight_fits(self, when: When) -> bool:
        kilograms = self.plan.kilograms
        if when.weight_under is not None and (kilograms is None or kilograms >= when.weight_under.amount_in("kg")):
            return False
        return when.weight_from is None or (kilograms is not None and kilograms >= when.weight_from.amount_in("kg"))

    def _dose_fits(self, when: When) -> bool:
        for limit, wants_over in ((when.dose_up_to, False), (when.dose_over, True)):
            if limit is None:
                continue
            if self.plan.dose is None:
                return False
            try:
                if (self.plan.dose > limit) is not wants_over:
                    return False
            except UnitError:
                return False
        return True
