"""Dosing: what must hold for every patient and every drug."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.core.dosing import (
    Sex,
    creatinine_clearance,
    dose_rate_from_pump,
    glucose_infusion_rate,
    pump_rate,
    ramp,
    surface_area_mosteller,
)
from openinfusion.core.units import Quantity

small = st.decimals(min_value="0.001", max_value=100, places=3)
kilograms = st.decimals(min_value=2, max_value=250, places=1)


@pytest.mark.hazard("HZ-023")
@settings(max_examples=60, deadline=None)
@given(dose=small, kg=kilograms, strength=st.integers(1, 10000))
def test_the_pump_rate_is_the_exact_one_to_half_a_display_unit(dose: Decimal, kg: Decimal, strength: int) -> None:
    """An independent exact calculation must agree with the rounded one (0.01 mL/h displayed)."""
    rate = pump_rate(
        dose_rate=Quantity.of(dose, "mcg/kg/min"),
        concentration=Quantity.of(strength, "mcg/mL"),
        weight=Quantity.of(kg, "kg"),
    )
    exact = Fraction(dose) * Fraction(kg) * 60 / strength
    assert abs(Fraction(rate.rounded_to("mL/h", places=2).value) - exact) <= Fraction(1, 200)


@settings(max_examples=60, deadline=None)
@given(dose=small, kg=kilograms, strength=st.integers(1, 10000))
def test_the_dose_read_back_from_the_pump_is_the_ordered_dose(dose: Decimal, kg: Decimal, strength: int) -> None:
    concentration, weight = Quantity.of(strength, "mcg/mL"), Quantity.of(kg, "kg")
    rate = pump_rate(dose_rate=Quantity.of(dose, "mcg/kg/min"), concentration=concentration, weight=weight)
    back = dose_rate_from_pump(rate=rate, concentration=concentration, goal="mcg/kg/min", weight=weight)
    assert abs(Fraction(back.value) - Fraction(dose)) < Fraction(1, 10**18)


@settings(max_examples=40, deadline=None)
@given(
    total=st.integers(1, 2000),
    start=st.integers(1, 100),
    increment=st.integers(0, 100),
    extra=st.integers(0, 400),
)
def test_a_ramp_delivers_exactly_the_total_and_never_passes_its_highest_rate(
    total: int, start: int, increment: int, extra: int
) -> None:
    steps = ramp(
        total=Fraction(total),
        start=Fraction(start),
        increment=Fraction(increment),
        every_minutes=Fraction(30),
        most=Fraction(start + extra),
    )
    assert sum(step.rate * step.minutes / 60 for step in steps) == total
    assert all(start <= step.rate <= start + extra for step in steps)
    assert [step.rate for step in steps] == sorted(step.rate for step in steps)


@settings(max_examples=40, deadline=None)
@given(age=st.integers(18, 100), kg=kilograms, serum=st.decimals(min_value="0.3", max_value=10, places=1))
def test_clearance_falls_with_creatinine_and_age_and_is_lower_in_women(age: int, kg: Decimal, serum: Decimal) -> None:
    def clearance(years: int, level: Decimal, sex: Sex) -> Fraction:
        answer = creatinine_clearance(
            age_years=years, weight=Quantity.of(kg, "kg"), creatinine=Quantity.of(level, "mg/dL"), sex=sex
        )
        return Fraction(answer.value)

    base = clearance(age, serum, Sex.MALE)
    assert clearance(age + 1, serum, Sex.MALE) < base
    assert clearance(age, serum + Decimal("0.1"), Sex.MALE) < base
    assert clearance(age, serum, Sex.FEMALE) < base


@settings(max_examples=40, deadline=None)
@given(cm=st.integers(50, 220), kg=kilograms)
def test_surface_area_squared_gives_back_height_times_weight(cm: int, kg: Decimal) -> None:
    area = surface_area_mosteller(height=Quantity.of(cm, "cm"), weight=Quantity.of(kg, "kg"))
    assert abs(Fraction(area.value) ** 2 * 3600 - cm * Fraction(kg)) < Fraction(1, 10**18)


@settings(max_examples=40, deadline=None)
@given(grams=st.integers(1, 500), kg=kilograms)
def test_a_bag_in_half_the_time_gives_twice_the_glucose_rate(grams: int, kg: Decimal) -> None:
    def rate(hours: int) -> Fraction:
        answer = glucose_infusion_rate(
            dextrose=Quantity.of(grams, "g"),
            weight=Quantity.of(kg, "kg"),
            infused_over=Quantity.of(hours, "h"),
        )
        return Fraction(answer.value)

    assert abs(rate(12) - 2 * rate(24)) < Fraction(1, 10**18)
