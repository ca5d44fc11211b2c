"""What must hold for every gate: a fact that is not known never makes a visit ready."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.core import readiness
from openinfusion.core.readiness import Verdict, VisitFacts

ZONE = ZoneInfo("America/Denver")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)
LATER = datetime(2026, 11, 25, 12, 0, tzinfo=ZONE)
FAR_DATE = date(2027, 11, 1)
FAR = datetime(2027, 11, 1, 12, 0, tzinfo=ZONE)

MET = VisitFacts(
    starts_at=datetime(2026, 11, 25, 9, 0, tzinfo=ZONE),
    ends_at=LATER,
    infusion_ends_at=LATER,
    needs_drug=True,
    drug=readiness.DrugFacts(doses_needed=2, doses_in_home=2, in_temperature=True, use_by=FAR, on_hold=False),
    authorization=readiness.AuthorizationFacts(
        is_required=True,
        status="approved",
        units_left=Decimal(8),
        units_planned=Decimal(2),
        starts_date=date(2026, 1, 1),
        ends_date=FAR_DATE,
    ),
    needs_order=True,
    order=readiness.OrderFacts(
        status="verified", revision=1, verified_revision=1, verified_by="D. Fabel", verified_at=NOW
    ),
    labs=(
        readiness.LabFacts(
            name="SCr",
            standing=readiness.LabStanding.RESULTED,
            result="1 mg/dL",
            collected_at=NOW,
            valid_until=FAR,
            is_within_limits=True,
        ),
    ),
    needs_pump=True,
    pump=readiness.PumpFacts(
        identifier="P1",
        in_service=True,
        is_recalled=False,
        service_due_date=FAR_DATE,
        library_version="1",
        library_required="1",
    ),
    needs_kit=True,
    kit=readiness.KitFacts(identifier="K1", in_home=True, is_intact=True, expires_date=FAR_DATE),
    home=readiness.HomeFacts(assessed_date=date(2026, 10, 1), open_blocking=(), open_other=()),
    needs_caregiver=True,
    caregiver=readiness.CaregiverFacts(name="K. Ficton", missing_skills=(), competent_until=FAR_DATE),
    nurse=readiness.NurseFacts(
        is_assigned=True,
        name="P. Notional",
        missing_competencies=(),
        competent_until=FAR_DATE,
        is_licensed_here=True,
        licence_until=FAR_DATE,
    ),
    consent=readiness.ConsentFacts(signed_date=date(2026, 10, 1), is_withdrawn=False),
)

#: A kit is known by its state, not by its number; a promised delivery is moot once doses are there.
MAY_BE_NONE = {("kit", "identifier"), ("drug", "expected_at")}


def optional_facts() -> list[tuple[str, str]]:
    """(part, field) of every fact that can be unknown; part is empty for facts of the visit itself."""
    names: list[tuple[str, str]] = []
    for field in dataclasses.fields(MET):
        names.append(("", field.name))
        value = getattr(MET, field.name)
        part = value[0] if field.name == "labs" else value
        if dataclasses.is_dataclass(part):
            names += [(field.name, inner.name) for inner in dataclasses.fields(part) if "None" in str(inner.type)]
    return [name for name in names if name not in MAY_BE_NONE]


def forget(facts: VisitFacts, part: str, name: str) -> VisitFacts:
    if not part:
        return dataclasses.replace(facts, **{name: None})
    held = getattr(facts, part)
    if held is None:
        return facts
    if part == "labs":
        return dataclasses.replace(facts, labs=(dataclasses.replace(held[0], **{name: None}),))
    return dataclasses.replace(facts, **{part: dataclasses.replace(held, **{name: None})})


def test_the_known_visit_is_ready() -> None:
    """Without this the tests below could pass for the wrong reason."""
    assert readiness.judge(MET, NOW).verdict is Verdict.READY
    assert len(optional_facts()) > 45


@pytest.mark.hazard("HZ-011")
@pytest.mark.parametrize(("part", "name"), optional_facts(), ids=lambda value: value or "visit")
def test_one_forgotten_fact_is_never_ready(part: str, name: str) -> None:
    gate = readiness.judge(forget(MET, part, name), NOW)
    assert gate.verdict is not Verdict.READY
    assert any("not known" in condition.facts for condition in gate.conditions)


@pytest.mark.hazard("HZ-011")
@given(forgotten=st.lists(st.sampled_from(optional_facts()), min_size=1, max_size=6))
@settings(max_examples=40)
def test_forgetting_more_never_makes_a_visit_readier(forgotten: list[tuple[str, str]]) -> None:
    facts = MET
    for part, name in forgotten:
        before = readiness.judge(facts, NOW)
        facts = forget(facts, part, name)
        after = readiness.judge(facts, NOW)
        assert after.verdict.gravity >= before.verdict.gravity
    assert after.verdict is not Verdict.READY
    assert after.verdict is max((c.verdict for c in after.conditions), key=lambda v: v.gravity)
