"""Rule book of referral completeness: what is missing, why, and the sentence for the sender (design proposals)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from openinfusion.core.findings import Severity
from openinfusion.core.referrals import (
    REQUIREMENTS,
    AllergyStatus,
    MeasurementKind,
    PartialDate,
    PatientDraft,
    assess_patient,
)
from openinfusion.core.referrals.elements import LAB_PREFIX, element_is_present, known_elements
from openinfusion.core.referrals.requirements import DESIGN_PROPOSAL, Requirement, requirements_for

TODAY = date(2026, 11, 21)


def assess(patient, therapies, **changes):
    return assess_patient(replace(patient, **changes), therapies=therapies, today=TODAY)


def missing_of(assessment):
    (completeness,) = assessment.orders
    return [element.element for element in completeness.missing]


def weights(patient, **changes):
    return tuple(
        replace(item, **changes) if item.kind is MeasurementKind.WEIGHT else item for item in patient.measurements
    )


def order(patient, **changes):
    return (replace(patient.orders[0], **changes),)


def first_dosage(patient, **changes):
    return order(patient, dosages=(replace(patient.orders[0].first_dosage, **changes),))


def test_the_complete_referral_misses_nothing(ceftriaxone, therapies):
    assessment = assess(ceftriaxone, therapies)
    assert assessment.score == 100
    assert missing_of(assessment) == []
    assert assessment.findings == ()
    assert assessment.orders[0].therapy_id == "ceftriaxone"


TAKEN_OUT = {
    "name": lambda p: {"names": ()},
    "birth_date": lambda p: {"birth_date": PartialDate("1961")},
    "sex": lambda p: {"sex": "unknown"},
    "phone": lambda p: {"contact_points": ()},
    "address": lambda p: {"addresses": (replace(p.addresses[0], postal_code=""),)},
    "reactions": lambda p: {"allergies": (replace(p.allergies[0], reactions=()),)},
    "diagnosis": lambda p: {"conditions": (replace(p.conditions[0], codings=()),)},
    "medications": lambda p: {"medications": ()},
    "coverage": lambda p: {"coverages": (replace(p.coverages[0], member_id=""),)},
    "dose": lambda p: {"orders": first_dosage(p, dose_unit="")},
    "frequency": lambda p: {"orders": first_dosage(p, frequency="")},
    "route": lambda p: {"orders": first_dosage(p, route="", route_code="")},
    "duration": lambda p: {"orders": order(p, end=None)},
    "start": lambda p: {"orders": order(p, start=None)},
    "access": lambda p: {"access_devices": ()},
    "first_dose_history": lambda p: {"administrations": ()},
    "lab:creatinine": lambda p: {"measurements": tuple(m for m in p.measurements if m.test != "creatinine")},
    "lab:alt": lambda p: {"measurements": tuple(m for m in p.measurements if m.test != "alt")},
}


@pytest.mark.parametrize("element", TAKEN_OUT)
def test_each_element_is_missed_when_it_is_taken_out(element, ceftriaxone, therapies):
    """The list names exactly what is not there: nothing more, nothing less."""
    assert missing_of(assess(ceftriaxone, therapies, **TAKEN_OUT[element](ceftriaxone))) == [element]


def test_the_prescriber_must_be_the_order_s_own(ceftriaxone, therapies):
    """Somebody else's NPI in the same envelope does not sign this order."""
    assessment = assess(ceftriaxone, therapies, orders=order(ceftriaxone, prescriber=None))
    assert missing_of(assessment) == ["prescriber", "npi", "prescriber_phone"]


def test_an_npi_with_a_wrong_check_digit_is_missing(ceftriaxone, therapies):
    wrong = replace(ceftriaxone.orders[0].prescriber, npi="1234567890")
    assert missing_of(assess(ceftriaxone, therapies, orders=order(ceftriaxone, prescriber=wrong))) == ["npi"]


@pytest.mark.hazard("HZ-013")
def test_allergies_nobody_asked_about_are_missing(ceftriaxone, therapies):
    """An empty list is not "none known"."""
    assessment = assess(ceftriaxone, therapies, allergies=(), allergy_status=AllergyStatus.NOT_ASKED)
    assert missing_of(assessment) == ["allergies"]


def test_no_known_allergies_is_an_answer(ceftriaxone, therapies):
    assessment = assess(ceftriaxone, therapies, allergies=(), allergy_status=AllergyStatus.NONE_KNOWN)
    assert missing_of(assessment) == []


@pytest.mark.hazard("HZ-011")
@pytest.mark.parametrize(
    "changes",
    [{"unit": ""}, {"value": None}, {"taken": None}, {"taken": PartialDate("2026-11")}, {"comparator": ">"}],
    ids=["no unit", "no value", "no date", "no day", "more than"],
)
def test_a_weight_that_cannot_be_used_is_missing(changes, ceftriaxone, therapies):
    """A weight without unit or date would be filled in by somebody later."""
    measurements = weights(ceftriaxone, **changes)
    assert missing_of(assess(ceftriaxone, therapies, measurements=measurements)) == ["weight"]


def test_the_sentence_asks_for_the_very_thing(ceftriaxone, therapies):
    (element,) = assess(ceftriaxone, therapies, administrations=()).orders[0].missing
    assert element.sentence == (
        "Please send whether a dose of this drug was given before, when, and how it was tolerated for the "
        "ceftriaxone order. A first dose at home follows its own policy."
    )


def test_the_score_is_rounded_down(ceftriaxone, therapies):
    """24 of 25 elements: 96; a referral is 100 only when nothing is missing."""
    (completeness,) = assess(ceftriaxone, therapies, names=()).orders
    assert (completeness.required, completeness.score, completeness.is_complete) == (25, 96, False)


def test_a_patient_without_any_order_is_asked_for_one(therapies):
    """Nothing known scores nothing, and no therapy is assumed."""
    assessment = assess_patient(PatientDraft("Patient/1"), therapies=therapies, today=TODAY)
    (completeness,) = assessment.orders
    assert completeness.therapy_id == ""
    assert {"drug", "dose", "route", "weight", "allergies"} <= {item.element for item in completeness.missing}
    assert [finding.rule for finding in assessment.findings] == ["identity.birth_date_unknown"]


def test_the_least_complete_order_decides(ceftriaxone, therapies):
    second = replace(ceftriaxone.orders[0], drug="vancomycin", codings=(), dosages=())
    assessment = assess(ceftriaxone, therapies, orders=(ceftriaxone.orders[0], second))
    assert [item.therapy_id for item in assessment.orders] == ["ceftriaxone", "vancomycin"]
    assert assessment.score == assessment.orders[1].score < 100


BY_THERAPY = [
    ("tpn", {"height", "caregiver", "lab:triglycerides", "lab:phosphate", "lab:creatinine"}, {"lab:igg"}),
    ("fluorouracil", {"height", "lab:blood count", "caregiver"}, {"lab:creatinine"}),
    ("infliximab", {"lab:tuberculosis screen", "lab:hepatitis b"}, {"lab:creatinine", "caregiver"}),
    ("factor8", {"lab:factor viii activity", "lab:factor viii inhibitor", "caregiver"}, {"lab:blood count"}),
    ("milrinone", {"lab:potassium", "lab:magnesium", "lab:creatinine"}, {"height"}),
    ("ivig10", {"lab:igg", "lab:creatinine", "lab:blood count"}, {"caregiver"}),
]


@pytest.mark.parametrize(("therapy_id", "needed", "not_needed"), BY_THERAPY)
def test_each_therapy_asks_for_its_own(therapy_id, needed, not_needed, therapies):
    therapy = next(item for item in therapies if item.id == therapy_id)
    elements = {row.element for row in requirements_for(therapy)}
    assert needed <= elements
    assert not (not_needed & elements)


def test_every_row_is_a_proposal_with_reason_request_and_basis(therapies):
    """No row pretends to be a rule, and each names only therapies and checks that exist."""
    ids = {item.id for item in therapies}
    assert len({row.element for row in REQUIREMENTS}) == len(REQUIREMENTS)
    for row in REQUIREMENTS:
        assert row.status == DESIGN_PROPOSAL
        assert row.reason
        assert row.request
        assert row.basis
        assert row.therapy_ids <= ids
        assert row.element.startswith(LAB_PREFIX) or row.element in known_elements()


def test_the_types_rows_name_exist_in_the_pack(therapies):
    named = {kind for row in REQUIREMENTS for kind in row.therapy_types}
    assert named <= {item.therapy_type for item in therapies}


def test_a_table_with_an_unknown_element_is_refused(ceftriaxone, therapies):
    table = [Requirement("shoe_size", "shoe size", "none", "the shoe size", "none")]
    with pytest.raises(ValueError, match="shoe_size"):
        assess_patient(ceftriaxone, therapies=therapies, today=TODAY, requirements=table)


def test_a_future_birth_date_stops(ceftriaxone, therapies):
    born = PartialDate("2027-01-01", date(2027, 1, 1))
    (finding,) = assess(ceftriaxone, therapies, birth_date=born).findings
    assert (finding.rule, finding.severity) == ("identity.birth_date_future", Severity.BLOCK)


def test_a_deceased_patient_stops(ceftriaxone, therapies):
    (finding,) = assess(ceftriaxone, therapies, is_deceased=True).findings
    assert (finding.rule, finding.severity) == ("referral.deceased", Severity.BLOCK)


def test_an_ended_insurance_asks(ceftriaxone, therapies):
    ended = replace(ceftriaxone.coverages[0], end=PartialDate("2026-11-20", date(2026, 11, 20)))
    (finding,) = assess(ceftriaxone, therapies, coverages=(ended,)).findings
    assert (finding.rule, finding.severity) == ("referral.coverage_ended", Severity.INTERRUPT)


def test_a_weight_from_the_future_stops(ceftriaxone, therapies):
    tomorrow = PartialDate("2026-11-22", date(2026, 11, 22))
    assessment = assess(ceftriaxone, therapies, measurements=weights(ceftriaxone, taken=tomorrow))
    assert [finding.rule for finding in assessment.findings] == ["referral.weight_future"]


JUMPS = [
    ("155.2", "kg", date(2026, 11, 20), True),  # 70.4 kg entered again as pounds but called kg
    ("77.5", "kg", date(2026, 11, 20), True),
    ("77.4", "kg", date(2026, 11, 20), False),
    ("155.2", "lb", date(2026, 11, 20), False),  # the same weight, honestly in pounds
    ("155.2", "kg", date(2026, 11, 30), False),  # older than a week apart: a dated change
]


@pytest.mark.hazard("HZ-009")
@pytest.mark.parametrize(("value", "unit", "day"), [jump[:3] for jump in JUMPS if jump[3]])
def test_two_weights_that_cannot_both_be_right_stop(value, unit, day, ceftriaxone, therapies):
    """Factor 2.2, or over 10 percent within 7 days (hazards.csv HZ-009)."""
    assert "referral.weight_jump" in _rules_with_second_weight(value, unit, day, ceftriaxone, therapies)


@pytest.mark.parametrize(("value", "unit", "day"), [jump[:3] for jump in JUMPS if not jump[3]])
def test_two_weights_that_agree_are_quiet(value, unit, day, ceftriaxone, therapies):
    assert "referral.weight_jump" not in _rules_with_second_weight(value, unit, day, ceftriaxone, therapies)


def _rules_with_second_weight(value, unit, day, patient, therapies):
    first = next(item for item in patient.measurements if item.kind is MeasurementKind.WEIGHT)
    second = replace(first, value=Decimal(value), unit=unit, taken=PartialDate(day.isoformat(), day))
    assessment = assess(patient, therapies, measurements=(*patient.measurements, second))
    return [finding.rule for finding in assessment.findings]


def test_an_unknown_element_name_is_a_fault_of_the_table():
    with pytest.raises(ValueError, match="no check knows"):
        element_is_present("shoe_size", None)
