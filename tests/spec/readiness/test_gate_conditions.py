"""The readiness gate, condition by condition: what makes it ready, at risk or blocked, and who clears it.

Source: design section 2.1; hazards HZ-057, 060, 063, 067, 073, 084. All people and lots are invented.
"""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from openinfusion.core import readiness
from openinfusion.core.readiness import (
    AuthorizationFacts,
    CaregiverFacts,
    ConsentFacts,
    DrugFacts,
    Gate,
    HomeFacts,
    KitFacts,
    LabFacts,
    LabStanding,
    NurseFacts,
    OrderFacts,
    PumpFacts,
    Verdict,
    VisitFacts,
)

CENTRAL = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 24, 10, 38, tzinfo=CENTRAL)
START = datetime(2026, 11, 25, 8, 30, tzinfo=CENTRAL)
END = datetime(2026, 11, 25, 11, 30, tzinfo=CENTRAL)

READY_FACTS = VisitFacts(
    starts_at=START,
    ends_at=END,
    infusion_ends_at=END,
    needs_drug=True,
    drug=DrugFacts(
        doses_needed=1,
        doses_in_home=1,
        in_temperature=True,
        temperature="logger 2.9 to 6.4 °C",
        use_by=datetime(2026, 12, 4, 12, 0, tzinfo=CENTRAL),
        on_hold=False,
        parcel="JV-77120",
    ),
    authorization=AuthorizationFacts(
        is_required=True,
        status="approved",
        units_left=Decimal(3),
        units_planned=Decimal(2),
        starts_date=date(2026, 10, 1),
        ends_date=date(2027, 1, 31),
    ),
    needs_order=True,
    order=OrderFacts(
        status="verified",
        revision=3,
        verified_revision=3,
        verified_by="Dana Fabel, PharmD",
        verified_at=datetime(2026, 11, 22, 15, 20, tzinfo=CENTRAL),
    ),
    labs=(
        LabFacts(
            name="ALT",
            standing=LabStanding.RESULTED,
            result="24 units/L",
            collected_at=datetime(2026, 11, 16, 8, 0, tzinfo=CENTRAL),
            valid_until=datetime(2026, 12, 16, 8, 0, tzinfo=CENTRAL),
            is_within_limits=True,
        ),
    ),
    needs_pump=True,
    pump=PumpFacts(
        identifier="CB-2207",
        in_service=True,
        is_recalled=False,
        service_due_date=date(2027, 3, 14),
        library_version="12.4",
        library_required="12.4",
    ),
    needs_kit=True,
    kit=KitFacts(identifier="DK-0931", in_home=True, is_intact=True, expires_date=date(2027, 2, 1)),
    home=HomeFacts(assessed_date=date(2026, 10, 9), open_blocking=(), open_other=()),
    needs_caregiver=True,
    caregiver=CaregiverFacts(name="Kenji Ficton", missing_skills=(), competent_until=date(2027, 10, 12)),
    nurse=NurseFacts(
        is_assigned=True,
        name="Priya Notional, RN",
        missing_competencies=(),
        competent_until=date(2027, 5, 1),
        is_licensed_here=True,
        licence_until=date(2027, 9, 30),
    ),
    consent=ConsentFacts(signed_date=date(2026, 10, 9), is_withdrawn=False),
)


def facts(part: str = "", **changes: Any) -> VisitFacts:
    """The ready visit with some facts of one part (or of the visit itself) changed."""
    if not part:
        return dataclasses.replace(READY_FACTS, **changes)
    return dataclasses.replace(READY_FACTS, **{part: dataclasses.replace(getattr(READY_FACTS, part), **changes)})


def lab(**changes: Any) -> VisitFacts:
    assert READY_FACTS.labs is not None
    return dataclasses.replace(READY_FACTS, labs=(dataclasses.replace(READY_FACTS.labs[0], **changes),))


def judge(of: VisitFacts) -> Gate:
    return readiness.judge(of, NOW)


def condition(of: VisitFacts, name: str) -> readiness.Condition:
    return next(c for c in judge(of).conditions if c.name == name)


def test_a_visit_with_every_condition_met_is_ready_and_says_what_was_checked() -> None:
    gate = judge(READY_FACTS)
    assert gate.verdict is Verdict.READY
    assert gate.summary == "10 ready, 0 at risk, 0 blocked"
    assert {c.name: c.facts for c in gate.conditions} == {
        "drug": "1 dose in the home; parcel JV-77120; logger 2.9 to 6.4 °C; use by 04-Dec-2026 12:00",
        "order": "revision 3 by Dana Fabel, PharmD, 22-Nov-2026 15:20",
        "labs": "ALT 24 units/L 16-Nov-2026",
        "authorization": "3 units left, 2 planned, ends 31-Jan-2027",
        "pump": "pump CB-2207, service due 14-Mar-2027, library 12.4, no recall",
        "kit": "kit DK-0931, intact, expires 01-Feb-2027",
        "home": "assessed 09-Oct-2026, no open hazard",
        "caregiver": "Kenji Ficton: return demonstration counts until 12-Oct-2027",
        "nurse": "Priya Notional, RN: licence and competencies in date",
        "consent": "signed 09-Oct-2026",
    }
    assert gate.refusal == ""
    assert gate.ruleset == readiness.RULESET
    assert gate.judged_at == NOW


CASES: list[tuple[str, VisitFacts, str, Verdict, str]] = [
    ("one dose short, nothing planned", facts("drug", doses_in_home=0), "drug", Verdict.BLOCKED,
     "0 of 1 dose in the home, delivery not planned"),
    ("delivery due before the visit",
     facts("drug", doses_in_home=0, expected_at=START - timedelta(minutes=1)), "drug", Verdict.AT_RISK,
     "0 of 1 dose in the home, delivery due 25-Nov-2026 08:29"),
    ("delivery due when the visit starts", facts("drug", doses_in_home=0, expected_at=START), "drug",
     Verdict.BLOCKED, "0 of 1 dose in the home, delivery due 25-Nov-2026 08:30, not before the visit"),
    ("lot on hold", facts("drug", on_hold=True), "drug", Verdict.BLOCKED, "the lot is on hold or recalled"),
    ("order held", facts("order", status="held"), "order", Verdict.BLOCKED, "order is held"),
    ("order edited after verification", facts("order", revision=4), "order", Verdict.BLOCKED,
     "revision 3 is verified, revision 4 is current"),
    ("verified in the future", facts("order", verified_at=NOW + timedelta(minutes=1)), "order",
     Verdict.BLOCKED, "verification of the order dated in the future: not known"),
    ("no lab asked for", facts(labs=()), "labs", Verdict.READY, "no laboratory test required for this visit"),
    ("lab not back", lab(standing=LabStanding.PENDING), "labs", Verdict.AT_RISK,
     "ALT collected 16-Nov-2026 08:00, not back"),
    ("lab never drawn", lab(standing=LabStanding.MISSING), "labs", Verdict.BLOCKED, "ALT not known"),
    ("lab too old by a minute", lab(valid_until=START - timedelta(minutes=1)), "labs", Verdict.BLOCKED,
     "ALT collected 16-Nov-2026 08:00, too old for this visit since 25-Nov-2026 08:29"),
    ("lab just young enough", lab(valid_until=START), "labs", Verdict.READY, "ALT 24 units/L 16-Nov-2026"),
    ("lab out of limits", lab(is_within_limits=False), "labs", Verdict.BLOCKED,
     "ALT 24 units/L 16-Nov-2026, out of limits"),
    ("lab out of limits, accepted", lab(is_within_limits=False, accepted_by="Dana Fabel, PharmD"), "labs",
     Verdict.READY, "ALT 24 units/L 16-Nov-2026, out of limits, accepted by Dana Fabel, PharmD"),
    ("pump recalled", facts("pump", is_recalled=True), "pump", Verdict.BLOCKED, "pump CB-2207 is recalled"),
    ("pump out of service", facts("pump", in_service=False), "pump", Verdict.BLOCKED,
     "pump CB-2207 is not in service"),
    ("old library", facts("pump", library_version="12.3"), "pump", Verdict.BLOCKED,
     "pump CB-2207 has library 12.3, the program uses 12.4"),
    ("service due the day before", facts("pump", service_due_date=date(2026, 11, 24)), "pump",
     Verdict.BLOCKED, "pump CB-2207, service due 24-Nov-2026, before the visit ends"),
    ("service due that day", facts("pump", service_due_date=date(2026, 11, 25)), "pump", Verdict.READY,
     "pump CB-2207, service due 25-Nov-2026, library 12.4, no recall"),
    ("home has an open hazard", facts("home", open_blocking=("H05 grounded outlets",)), "home",
     Verdict.BLOCKED, "assessed 09-Oct-2026, open: H05 grounded outlets"),
    ("home has a small open point", facts("home", open_other=("H10 trash bags",)), "home", Verdict.READY,
     "assessed 09-Oct-2026, 1 smaller point open"),
    ("consent withdrawn", facts("consent", is_withdrawn=True), "consent", Verdict.BLOCKED,
     "consent was withdrawn"),
    ("consent dated tomorrow", facts("consent", signed_date=date(2026, 11, 25)), "consent", Verdict.BLOCKED,
     "consent dated in the future: not known"),
    ("no nurse yet", facts("nurse", is_assigned=False), "nurse", Verdict.BLOCKED, "nurse not assigned"),
    ("no authorization needed", facts(authorization=AuthorizationFacts(is_required=False)), "authorization",
     Verdict.READY, "no authorization required by the payer"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("of", "name", "verdict", "text"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_one_condition_decides(of: VisitFacts, name: str, verdict: Verdict, text: str) -> None:
    gate = judge(of)
    found = next(c for c in gate.conditions if c.name == name)
    assert (found.verdict, found.facts) == (verdict, text)
    assert gate.verdict is verdict, "the gate is as grave as its gravest condition"
    assert bool(found.clears) is (verdict is not Verdict.READY)
    assert found.owner_role


@pytest.mark.hazard("HZ-057")
@pytest.mark.parametrize(
    ("use_by", "verdict"),
    [(END - timedelta(minutes=1), Verdict.BLOCKED), (END, Verdict.READY)],
    ids=["one minute short", "to the minute"],
)
def test_the_drug_must_be_in_date_until_the_infusion_ends(use_by: datetime, verdict: Verdict) -> None:
    """In date at the start is not enough: beyond use must cover the whole infusion."""
    assert condition(facts("drug", use_by=use_by), "drug").verdict is verdict
    long_run = facts(infusion_ends_at=datetime(2026, 12, 5, 0, 0, tzinfo=CENTRAL))
    assert condition(long_run, "drug").facts == ("use by 04-Dec-2026 12:00, infusion ends 05-Dec-2026 00:00")


@pytest.mark.hazard("HZ-060")
@pytest.mark.parametrize(
    ("in_temperature", "text"),
    [
        (None, "temperature on the way: not known"),
        (False, "temperature left its range: logger 2.9 to 6.4 °C"),
    ],
)
def test_a_parcel_without_a_good_temperature_record_does_not_count(in_temperature: bool | None, text: str) -> None:
    """Missing logger data means hold, not pass."""
    found = condition(facts("drug", in_temperature=in_temperature), "drug")
    assert (found.verdict, found.facts) == (Verdict.BLOCKED, text)


KITS: list[tuple[str, KitFacts | None, str]] = [
    ("nothing known", None, "anaphylaxis kit: not known"),
    ("not in the home", KitFacts(in_home=False), "no anaphylaxis kit in the home"),
    ("opened", KitFacts(identifier="DK-1", in_home=True, is_intact=False), "kit DK-1 is opened or damaged"),
    (
        "expiry not recorded",
        KitFacts(identifier="DK-1", in_home=True, is_intact=True),
        "expiry of the kit DK-1: not known",
    ),
    (
        "expired",
        KitFacts(identifier="DK-1", in_home=True, is_intact=True, expires_date=date(2026, 11, 21)),
        "kit DK-1 expired 21-Nov-2026",
    ),
    (
        "expires the day before the visit",
        KitFacts(identifier="DK-1", in_home=True, is_intact=True, expires_date=date(2026, 11, 24)),
        "kit DK-1 expires 24-Nov-2026, before the infusion ends",
    ),
]


@pytest.mark.hazard("HZ-063")
@pytest.mark.parametrize(("kit", "text"), [case[1:] for case in KITS], ids=[case[0] for case in KITS])
def test_no_visit_is_ready_without_an_intact_kit_in_date(kit: KitFacts | None, text: str) -> None:
    found = condition(facts(kit=kit), "kit")
    assert (found.verdict, found.facts) == (Verdict.BLOCKED, text)


def test_a_kit_is_good_on_its_last_day_and_must_last_as_long_as_the_infusion() -> None:
    last_day = facts("kit", expires_date=date(2026, 11, 25))
    assert condition(last_day, "kit").verdict is Verdict.READY
    overnight = dataclasses.replace(last_day, infusion_ends_at=datetime(2026, 11, 26, 2, 0, tzinfo=CENTRAL))
    assert condition(overnight, "kit").facts == "kit DK-0931 expires 25-Nov-2026, before the infusion ends"


NURSES: list[tuple[str, dict[str, Any], str]] = [
    ("licence not known", {"licence_until": None},
     "licence of Priya Notional, RN in the patient's state: not known"),
    ("licence of another state", {"is_licensed_here": False},
     "Priya Notional, RN has no licence in the patient's state"),
    ("licence ended the day before", {"licence_until": date(2026, 11, 24)},
     "licence of Priya Notional, RN ends 24-Nov-2026"),
    ("competency missing", {"missing_competencies": ("IVIG ramp", "port access")},
     "Priya Notional, RN lacks: IVIG ramp and port access"),
    ("competency ended the day before", {"competent_until": date(2026, 11, 24)},
     "a competency of Priya Notional, RN ends 24-Nov-2026"),
    ("competencies not known", {"missing_competencies": None},
     "competencies of Priya Notional, RN: not known"),
]  # fmt: skip


@pytest.mark.hazard("HZ-067")
@pytest.mark.parametrize(("changes", "text"), [case[1:] for case in NURSES], ids=[case[0] for case in NURSES])
def test_the_nurse_is_licensed_and_competent_on_the_day(changes: dict[str, Any], text: str) -> None:
    found = condition(facts("nurse", **changes), "nurse")
    assert (found.verdict, found.facts, found.owner_role) == (Verdict.BLOCKED, text, "scheduler")


def test_a_licence_counts_on_its_last_day() -> None:
    assert condition(facts("nurse", licence_until=date(2026, 11, 25)), "nurse").verdict is Verdict.READY


@pytest.mark.hazard("HZ-073")
@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"missing_skills": ("change a battery",)}, "Kenji Ficton has not shown: change a battery"),
        ({"missing_skills": None}, "skills shown by the caregiver: not known"),
        (
            {"competent_until": date(2026, 11, 24)},
            "Kenji Ficton: return demonstration counts until 24-Nov-2026, before the infusion ends",
        ),
    ],
)
def test_the_caregiver_has_shown_every_skill(changes: dict[str, Any], text: str) -> None:
    found = condition(facts("caregiver", **changes), "caregiver")
    assert (found.verdict, found.facts) == (Verdict.BLOCKED, text)


AUTHORIZATIONS: list[tuple[str, AuthorizationFacts | None, str]] = [
    ("nothing known", None, "authorization: not known"),
    ("denied", AuthorizationFacts(is_required=True, status="denied"), "authorization is denied"),
    ("state not known", AuthorizationFacts(is_required=True), "state of the authorization: not known"),
    (
        "ended the day before",
        AuthorizationFacts(
            is_required=True,
            status="approved",
            units_left=Decimal(9),
            units_planned=Decimal(1),
            starts_date=date(2026, 1, 1),
            ends_date=date(2026, 11, 24),
        ),
        "authorized from 01-Jan-2026 to 24-Nov-2026, visit on 25-Nov-2026",
    ),
    (
        "one unit short",
        AuthorizationFacts(
            is_required=True,
            status="approved",
            units_left=Decimal(1),
            units_planned=Decimal(2),
            starts_date=date(2026, 1, 1),
            ends_date=date(2027, 1, 31),
        ),
        "1 unit left, 2 planned",
    ),
]


@pytest.mark.hazard("HZ-084")
@pytest.mark.parametrize(
    ("held", "text"), [case[1:] for case in AUTHORIZATIONS], ids=[case[0] for case in AUTHORIZATIONS]
)
def test_money_alone_never_blocks_a_visit(held: AuthorizationFacts | None, text: str) -> None:
    """Care must not stop because of a billing hold: at risk with an owner, never blocked."""
    gate = judge(facts(authorization=held))
    found = next(c for c in gate.conditions if c.name == "authorization")
    assert (found.verdict, found.facts, found.owner_role) == (Verdict.AT_RISK, text, "biller")
    assert gate.verdict is Verdict.AT_RISK


@pytest.mark.parametrize(
    ("ends", "verdict"), [(date(2026, 12, 7), Verdict.AT_RISK), (date(2026, 12, 8), Verdict.READY)]
)
def test_an_authorization_warns_14_days_before_it_ends(ends: date, verdict: Verdict) -> None:
    assert condition(facts("authorization", ends_date=ends), "authorization").verdict is verdict


def test_service_that_ends_during_a_long_infusion_puts_the_visit_at_risk() -> None:
    running_on = dataclasses.replace(
        facts("pump", service_due_date=date(2026, 11, 27)),
        infusion_ends_at=datetime(2026, 11, 29, 9, 0, tzinfo=CENTRAL),
    )
    found = condition(running_on, "pump")
    assert (found.verdict, found.facts) == (
        Verdict.AT_RISK,
        "pump CB-2207, service due 27-Nov-2026, before the infusion ends",
    )


def test_days_are_those_of_the_patient_whatever_the_clock_of_the_server() -> None:
    """At 03:00 UTC on the 25th it is still the 24th in the patient's home."""
    server = datetime(2026, 11, 25, 3, 0, tzinfo=ZoneInfo("UTC"))
    gate = readiness.judge(facts("consent", signed_date=date(2026, 11, 25)), server)
    assert [c.facts for c in gate.open_conditions] == ["consent dated in the future: not known"]


def test_what_a_visit_does_not_need_is_left_out_and_named() -> None:
    """A port flush: no drug, order program, pump, kit or caregiver; the gate says what it did not check."""
    flush = facts(needs_drug=False, needs_pump=False, needs_kit=False, needs_caregiver=False)
    gate = judge(flush)
    assert gate.verdict is Verdict.READY
    assert gate.not_needed == ("drug", "pump", "kit", "caregiver")
    assert [c.name for c in gate.conditions] == ["order", "labs", "authorization", "home", "nurse", "consent"]


def test_the_refusal_names_every_blocker_and_open_conditions_come_gravest_first() -> None:
    gate = judge(
        dataclasses.replace(
            READY_FACTS,
            authorization=None,
            kit=KitFacts(identifier="DK-1", in_home=True, is_intact=True, expires_date=date(2026, 11, 21)),
            consent=ConsentFacts(is_withdrawn=True),
        )
    )
    assert gate.refusal == ("The visit cannot be released. Kit DK-1 expired 21-Nov-2026. Consent was withdrawn.")
    assert [c.name for c in gate.open_conditions] == ["kit", "consent", "authorization"]


def test_nothing_known_blocks_every_condition_but_the_authorization() -> None:
    gate = judge(VisitFacts())
    assert gate.verdict is Verdict.BLOCKED
    assert {c.name for c in gate.conditions if c.verdict is not Verdict.BLOCKED} == {"authorization"}
    assert len(gate.conditions) == len(readiness.CONDITIONS)


def test_the_gate_as_json_holds_verdict_reasons_and_version() -> None:
    shown = judge(facts("nurse", is_assigned=False)).as_dict()
    assert shown["verdict"] == "blocked"
    assert shown["summary"] == "9 ready, 0 at risk, 1 blocked"
    assert shown["ruleset"] == readiness.RULESET
    assert shown["judged_at"] == "2026-11-24T10:38:00-06:00"
    assert {
        "name": "nurse",
        "title": "Nurse",
        "verdict": "blocked",
        "facts": "nurse not assigned",
        "owner_role": "scheduler",
        "clears": "a nurse is assigned",
    } in shown["conditions"]


def test_times_without_a_zone_and_a_visit_that_ends_before_it_starts_are_refused() -> None:
    naive = datetime(2026, 11, 25, 8, 30)  # noqa: DTZ001
    with pytest.raises(ValueError, match="at must carry a time zone"):
        readiness.judge(READY_FACTS, naive)
    with pytest.raises(ValueError, match="use_by must carry a time zone"):
        judge(facts("drug", use_by=naive))
    with pytest.raises(ValueError, match="collected_at must carry a time zone"):
        judge(lab(collected_at=naive))
    with pytest.raises(ValueError, match="ends_at is before starts_at"):
        judge(facts(ends_at=START - timedelta(minutes=1)))
