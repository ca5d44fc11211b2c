"""The infusion starts only after every required step; identity, label and kit stop it.

Sources: visit_documentation.csv, anaphylaxis_protocol.json precheck; HZ-001, HZ-057, HZ-063. All people are
invented.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from openinfusion.core.findings import Finding, Severity
from openinfusion.core.identity import (
    ExpectedIdentity,
    GivenIdentifier,
    IdentifierKind,
    IdentityConfirmation,
    PersonName,
    confirm_identity,
)
from openinfusion.core.readiness import RULESET, Condition, Gate, KitFacts, Verdict
from openinfusion.core.units import Quantity
from openinfusion.core.visits.label import Label, Ordered, check_label
from openinfusion.core.visits.start import StartFacts, refusal, start_findings, start_steps
from openinfusion.core.visits.vitals import Vitals

ARRIVED = datetime(2026, 11, 24, 15, 10, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
END = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
CHART = ExpectedIdentity(names=(PersonName("Sampleford", "Marigold"),), birth_date=date(1961, 3, 14))


def identified(name: str = "Marigold Sampleford", born: str = "1961-03-14") -> IdentityConfirmation:
    return confirm_identity(
        CHART,
        [
            GivenIdentifier(IdentifierKind.FULL_NAME, name),
            GivenIdentifier(IdentifierKind.BIRTH_DATE, born),
        ],
    )


GOOD_VITALS = Vitals(
    taken_at=datetime(2026, 11, 24, 15, 20, tzinfo=UTC),
    temperature_c=Decimal("36.8"),
    pulse=78,
    resp_rate=16,
    systolic=122,
    diastolic=74,
    spo2=97,
)
READY_GATE = Gate(Verdict.READY, (), (), RULESET, NOW)
READY = StartFacts(
    arrived_at=ARRIVED,
    infusion_ends_at=END,
    gate=READY_GATE,
    identity=identified(),
    label_findings=(),
    allergies_reviewed=True,
    last_reaction_asked=True,
    vitals=GOOD_VITALS,
    needs_access_device=True,
    access_assessed=True,
    access_is_patent=True,
    needs_kit=True,
    kit=KitFacts(identifier="DK-0944", in_home=True, is_intact=True, expires_date=date(2027, 1, 31)),
    phone_and_address_ready=True,
)


def changed(**changes: Any) -> StartFacts:
    return dataclasses.replace(READY, **changes)


def test_the_infusion_may_start_when_every_step_is_done() -> None:
    steps = start_steps(READY, NOW)
    assert [step.code for step in steps] == [
        "gate", "identity", "label", "history", "vitals", "access", "kit", "call"
    ]  # fmt: skip
    assert all(step.is_done for step in steps)
    assert start_findings(READY, NOW) == ()
    assert refusal(READY, NOW) == ""


CONSENT_GATE = Gate(
    Verdict.BLOCKED,
    (Condition("consent", "Consent", Verdict.BLOCKED, "consent was withdrawn", "intake", "ask"),),
    (),
    RULESET,
    NOW,
)
LABEL_PROBLEM = Finding("label.lot", Severity.BLOCK, "lot", "This lot was not dispensed for this order.", "x")

CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("gate not judged", {"gate": None}, "gate", "The readiness of this visit was not judged."),
    ("gate blocked", {"gate": CONSENT_GATE}, "gate",
     "The visit cannot be released. Consent was withdrawn."),
    ("label not compared", {"label_findings": None}, "label", "Order and label were not compared."),
    ("label differs", {"label_findings": (LABEL_PROBLEM,)}, "label",
     "This lot was not dispensed for this order."),
    ("history not asked", {"allergies_reviewed": None, "last_reaction_asked": False}, "history",
     "Not asked: allergies and reaction to the last dose."),
    ("no vital signs", {"vitals": None}, "vitals", "Vital signs of this visit are not in."),
    ("vital signs of an earlier visit",
     {"vitals": dataclasses.replace(GOOD_VITALS, taken_at=ARRIVED - timedelta(minutes=1))}, "vitals",
     "Vital signs of this visit are not in."),
    ("vital signs of tomorrow",
     {"vitals": dataclasses.replace(GOOD_VITALS, taken_at=NOW + timedelta(minutes=1))}, "vitals",
     "The vital signs are dated in the future."),
    ("vital signs not complete", {"vitals": dataclasses.replace(GOOD_VITALS, spo2=None, pulse=None)},
     "vitals", "Vital signs not complete: pulse and oxygen saturation."),
    ("vital signs impossible", {"vitals": dataclasses.replace(GOOD_VITALS, spo2=140)}, "vitals",
     "The oxygen saturation cannot be above 100 %."),
    ("access not assessed", {"access_assessed": False}, "access", "The access device was not assessed."),
    ("blood return not recorded", {"access_is_patent": None}, "access",
     "Flush and blood return were not recorded."),
    ("occluded", {"access_is_patent": False}, "access",
     "The access device does not flush or draw. Never force it."),
    ("access not known", {"needs_access_device": None}, "access",
     "Whether an access device is used is not known."),
    ("phone not checked", {"phone_and_address_ready": None}, "call",
     "Phone coverage and address for 911 were not checked."),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "why"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_one_open_step_stops_the_start_with_its_sentence(changes: dict[str, Any], code: str, why: str) -> None:
    facts = changed(**changes)
    assert [(f.rule, f.severity, f.detail) for f in start_findings(facts, NOW)] == [
        (f"start.{code}", Severity.BLOCK, why)
    ]
    assert refusal(facts, NOW) == f"Not yet: {why}"


def test_a_visit_at_risk_may_start_and_a_vital_sign_to_confirm_does_not_stop_it() -> None:
    assert start_findings(changed(gate=dataclasses.replace(READY_GATE, verdict=Verdict.AT_RISK)), NOW) == ()
    assert start_findings(changed(vitals=dataclasses.replace(GOOD_VITALS, pulse=260)), NOW) == ()


WRONG_PATIENT = "The full name does not fit this chart. Stop: perhaps another patient."
TOO_FEW = "Two different identifiers must fit; 1 did. Ask for the full name and the birth date."


@pytest.mark.hazard("HZ-001")
@pytest.mark.parametrize(
    ("identity", "why"),
    [
        (None, "Two identifiers were not checked."),
        (identified(name="Marigold Samplefort"), f"{WRONG_PATIENT} {TOO_FEW}"),
    ],
    ids=["not checked", "look-alike name"],
)
def test_without_two_fitting_identifiers_nothing_starts(identity: IdentityConfirmation | None, why: str) -> None:
    """A look-alike name must stop the step even when the birth date fits."""
    findings = start_findings(changed(identity=identity), NOW)
    assert [(f.rule, f.detail) for f in findings] == [("start.identity", why)]


@pytest.mark.hazard("HZ-063")
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kit": None}, "Anaphylaxis kit: not known."),
        ({"needs_kit": None}, "Whether this therapy needs an anaphylaxis kit is not known."),
        (
            {"kit": KitFacts(identifier="DK-1", in_home=True, is_intact=True, expires_date=date(2026, 11, 23))},
            "Kit DK-1 expired 23-Nov-2026.",
        ),
        (
            {"kit": KitFacts(identifier="DK-1", in_home=True, is_intact=False)},
            "Kit DK-1 is opened or damaged.",
        ),
    ],
)
def test_no_infusion_starts_without_a_kit_in_date(changes: dict[str, Any], why: str) -> None:
    assert [f.detail for f in start_findings(changed(**changes), NOW)] == [why]


def test_a_therapy_without_kit_and_a_visit_without_line_are_not_asked() -> None:
    facts = changed(needs_kit=False, kit=None, needs_access_device=False, access_assessed=None)
    assert [step.code for step in start_steps(facts, NOW)] == [
        "gate", "identity", "label", "history", "vitals", "call"
    ]  # fmt: skip
    assert refusal(facts, NOW) == ""


def test_nothing_done_names_every_step() -> None:
    assert len(start_findings(StartFacts(arrived_at=ARRIVED), NOW)) == 8


ORDERED = Ordered(
    patient="patient-17",
    drug="ceftriaxone",
    revision=3,
    dose=Quantity.of("2", "g"),
    volume=Quantity.of("50", "mL"),
    lots=("LOT-7", "LOT-8"),
)
LABEL = Label(
    patient="patient-17",
    drug="cefTRIAXone",
    revision=3,
    dose=Quantity.of("2000", "mg"),
    volume=Quantity.of("50", "mL"),
    lot="LOT-8",
    use_by=END,
)


def label(**changes: Any) -> Label:
    return dataclasses.replace(LABEL, **changes)


def test_a_label_that_says_the_same_in_other_units_matches() -> None:
    assert check_label(ORDERED, LABEL, infusion_ends_at=END) == ()


@pytest.mark.parametrize(
    ("changes", "rule", "detail"),
    [
        ({"drug": "cefotetan"}, "label.drug", "The drug on the label is not the drug of the order."),
        ({"drug": None}, "label.drug", "The drug on the label was not read."),
        ({"revision": 2}, "label.revision", "The label is for revision 2, the order is at revision 3."),
        ({"revision": None}, "label.revision", "The order revision on the label was not read."),
        ({"dose": Quantity.of("2", "mg")}, "label.dose", "The label says 2 mg, the order says 2 g."),
        ({"dose": Quantity.of("2", "mL")}, "label.dose", "The label says 2 mL, the order says 2 g."),
        ({"dose": None}, "label.dose", "The dose on the label was not read."),
        (
            {"volume": Quantity.of("500", "mL")},
            "label.volume",
            "The label says 500 mL, the order says 50 mL.",
        ),
        ({"lot": "LOT-9"}, "label.lot", "This lot was not dispensed for this order."),
        ({"lot": " "}, "label.lot", "The lot on the label was not read."),
    ],
)
def test_any_difference_between_order_and_label_blocks(changes: dict[str, Any], rule: str, detail: str) -> None:
    findings = check_label(ORDERED, label(**changes), infusion_ends_at=END)
    assert [(f.rule, f.severity, f.detail) for f in findings] == [(rule, Severity.BLOCK, detail)]


@pytest.mark.hazard("HZ-001")
@pytest.mark.parametrize(
    ("patient", "detail"),
    [
        ("patient-18", "The label names another patient. Stop: do not give it."),
        (None, "The patient on the label was not read."),
    ],
)
def test_a_label_of_another_patient_stops_the_step(patient: str | None, detail: str) -> None:
    findings = check_label(ORDERED, label(patient=patient), infusion_ends_at=END)
    assert [f.detail for f in findings] == [detail]


@pytest.mark.hazard("HZ-057")
@pytest.mark.parametrize(
    ("use_by", "ends", "detail"),
    [
        (END - timedelta(minutes=1), END,
         "Use by 24-Nov-2026 18:29, but the infusion would end 24-Nov-2026 18:30."),
        (None, END, "The use-by date on the label was not read."),
        (END, None, "The planned end of the infusion is not known."),
    ],
)  # fmt: skip
def test_beyond_use_covers_the_infusion_at_the_bedside(
    use_by: datetime | None, ends: datetime | None, detail: str
) -> None:
    assert [f.detail for f in check_label(ORDERED, label(use_by=use_by), infusion_ends_at=ends)] == [detail]
