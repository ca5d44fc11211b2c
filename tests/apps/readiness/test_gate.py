"""The gate through the database: a complete visit is ready, and each part taken away is named with its owner."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from support.people import make_program
from support.ready_cases import (
    LAB_TAKEN,
    TOMORROW,
    make_delivery,
    make_episode,
    make_nurse,
    make_order,
    make_patient,
    make_preparation,
    make_visit,
    ready_case,
)

from openinfusion.apps.homes.models import HomeAssessment
from openinfusion.apps.patients.models import Measurement
from openinfusion.apps.pharmacy.models import PreparationLot
from openinfusion.apps.readiness.public import decide, gate_of, gates_on, release
from openinfusion.apps.readiness.services.followup import follow_up
from openinfusion.core.readiness import Verdict
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, NotFound, Refused
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.tenancy import scope
from openinfusion.platform.worklist.models import Task
from openinfusion.project.commands import readiness as command


@pytest.fixture
def case(site):
    return ready_case(site)


def condition(case, at, name):
    case.visit.refresh_from_db()
    return next(one for one in gate_of(case.visit, at).conditions if one.name == name)


def test_a_visit_with_everything_is_ready(case, at):
    gate = gate_of(case.visit, at)
    assert [(one.name, one.facts) for one in gate.open_conditions] == []
    assert gate.verdict is Verdict.READY
    assert gate.not_needed == ("pump", "caregiver")
    assert condition(case, at, "drug").facts.startswith("7 doses in the home; parcel S-")
    assert "logger 4.5 to 4.5 °C" in condition(case, at, "drug").facts


def test_one_visit_and_the_board_say_the_same(case, at, acting):
    judged = gates_on(TOMORROW, by=acting(Role.SCHEDULER), at=at)
    assert judged == [(case.visit, gate_of(case.visit, at))]


# -- Drug ------------------------------------------------------------------------------------------------------------------


def test_a_dose_not_delivered_blocks_and_names_the_technician(case, at):
    case.shipment.status = "shipped"
    case.shipment.save()
    case.shipment.lines.update(is_received=None)
    found = condition(case, at, "drug")
    assert (found.verdict, found.owner_role) == (Verdict.BLOCKED, "technician")
    assert "0 of 1 dose in the home" in found.facts


def test_a_delivery_on_its_way_in_time_is_at_risk(case, at):
    case.shipment.status, case.shipment.deliver_until = "shipped", at + timedelta(hours=5)
    case.shipment.save()
    assert condition(case, at, "drug").verdict is Verdict.AT_RISK


@pytest.mark.hazard("HZ-060")
def test_a_box_without_logger_data_blocks(case, at):
    case.shipment.temperature_verdict, case.shipment.temperature_low_c = "hold", None
    case.shipment.save()
    found = condition(case, at, "drug")
    assert found.verdict is Verdict.BLOCKED
    assert "not known" in found.facts


def test_a_hold_with_readings_blocks_with_its_raw_numbers(case, at):
    box = case.shipment
    box.temperature_verdict, box.temperature_high_c = "hold", Decimal("12.4")
    box.temperature_reason = "Highest reading 12.4 °C."
    box.save()
    assert "logger 4.5 to 12.4 °C" in condition(case, at, "drug").facts


@pytest.mark.hazard("HZ-057")
def test_a_dose_past_its_beyond_use_when_the_infusion_ends_blocks(case, at):
    case.preparation.beyond_use_at = case.visit.planned_start + timedelta(minutes=20)
    case.preparation.save()
    found = condition(case, at, "drug")
    assert found.verdict is Verdict.BLOCKED
    assert "use by 25-Nov-2026 09:20" in found.facts


def test_earlier_visits_take_their_doses_first(case, at):
    case.preparation.doses = 1
    case.preparation.save()
    make_visit(case.episode, case.nurse, number=2, on=TOMORROW - timedelta(days=1))
    assert "0 of 1 dose" in condition(case, at, "drug").facts


def test_doses_already_given_are_gone(case, at):
    from openinfusion.apps.visits.models import Administration, VisitRecord

    earlier = make_visit(case.episode, case.nurse, number=2, on=TOMORROW - timedelta(days=2), status="signed")
    record = VisitRecord.objects.create(visit=earlier, nurse_name="Tess Invente", checked_in_at=at)
    for index in range(1, 8):
        Administration.objects.create(
            record=record, revision=case.revision, preparation=case.preparation, dose_index=index, started_at=at,
            given_by_name="Tess Invente",
        )  # fmt: skip
    assert condition(case, at, "drug").verdict is Verdict.BLOCKED


def test_a_quarantined_lot_puts_the_dose_on_hold(case, at, site):
    from openinfusion.apps.inventory.models import Item, Lot

    item = Item.objects.create(kind="drug", name="ceftriaxone")
    lot = Lot.objects.create(item=item, site=site, number="L1", expires_on=date(2028, 1, 1), status="recalled")
    PreparationLot.objects.create(preparation=case.preparation, lot=lot, quantity=1)
    assert "on hold or recalled" in condition(case, at, "drug").facts


def test_a_dose_of_an_earlier_revision_is_no_dose_of_this_order(case, at):
    case.revision.order.current_revision = 2
    case.revision.order.save()
    gate = gate_of(case.visit, at)
    assert {one.name for one in gate.open_conditions} >= {"drug", "order"}


def test_a_box_in_date_is_chosen_before_one_on_hold(case, at):
    second = make_preparation(case.revision, count=2)
    make_delivery(second, temperature_verdict="hold", temperature_low_c=None)
    assert condition(case, at, "drug").verdict is Verdict.READY


# -- Order, labs, money -------------------------------------------------------------------------------------------------


def test_an_order_without_verification_blocks(site, at):
    episode = make_episode(make_patient(site))
    make_order(episode, verified=False)
    gate = gate_of(make_visit(episode, make_nurse(site)), at)
    assert next(one for one in gate.conditions if one.name == "order").facts == "order is submitted"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"taken_at": LAB_TAKEN - timedelta(days=6)}, "too old for this visit"),
        ({"value": Decimal("2.4")}, "limits for creatinine: not known"),
        ({"test": "potassium"}, "creatinine not known"),
        ({"value": None, "text": "pending"}, "not back"),
    ],
)
def test_a_lab_that_is_old_new_missing_or_pending_is_named(case, at, change, words):
    Measurement.objects.update(**change)
    assert words in condition(case, at, "labs").facts


def test_a_pharmacist_reads_a_new_result_and_the_next_one_asks_again(case, at, acting):
    Measurement.objects.update(value=Decimal("1.4"), taken_at=LAB_TAKEN + timedelta(hours=1))
    pharmacist = acting(Role.PHARMACIST)
    decide(episode=case.episode, subject="creatinine", answer="accepted", reason="stable", by=pharmacist, at=at)
    assert "accepted by Pharmacist Ficton" in condition(case, at, "labs").facts
    Measurement.objects.create(
        patient=case.patient, test="creatinine", value=Decimal("1.9"), unit="mg/dL", taken_at=at, source="lab"
    )
    assert condition(case, at, "labs").verdict is Verdict.BLOCKED


def test_a_test_dropped_by_a_pharmacist_says_by_whom_and_until_when(case, at, acting):
    Measurement.objects.all().delete()
    decide(
        episode=case.episode, subject="creatinine", answer="not_needed", reason="drawn at the clinic", until=TOMORROW,
        by=acting(Role.PHARMACIST), at=at,
    )  # fmt: skip
    found = condition(case, at, "labs")
    assert found.verdict is Verdict.READY
    assert "creatinine not needed until 25-Nov-2026, decided by Pharmacist Ficton" in found.facts


def test_an_order_that_does_not_say_what_to_monitor_is_not_ready(site, at):
    episode = make_episode(make_patient(site))
    make_order(episode, monitoring=None)
    gate = gate_of(make_visit(episode, make_nurse(site)), at)
    assert next(one for one in gate.conditions if one.name == "labs").verdict is Verdict.BLOCKED


@pytest.mark.hazard("HZ-084")
@pytest.mark.parametrize("change", [{"status": "denied"}, {"ends_on": date(2026, 11, 24)}, {"starts_on": None}])
def test_a_billing_problem_never_blocks_care(case, at, change):
    for name, value in change.items():
        setattr(case.authorization, name, value)
    case.authorization.save()
    found = condition(case, at, "authorization")
    assert (found.verdict, found.owner_role) == (Verdict.AT_RISK, "biller")


@pytest.mark.hazard("HZ-084")
def test_units_that_do_not_reach_are_at_risk_and_the_visit_can_be_released(case, at, acting):
    case.authorization.lines.update(units_approved=0)
    assert condition(case, at, "authorization").facts == "0 units left, 1 planned"
    assert release(visit=case.visit, reason="payer called", by=acting(Role.NURSE), at=at).verdict == "at_risk"


def test_drug_units_are_counted_in_the_units_of_the_code(case, at):
    """2 g of ceftriaxone are 8 units of 250 mg."""
    case.authorization.lines.update(category="drug", code="J0696", unit="unit", units_approved=4)
    assert condition(case, at, "authorization").facts == "4 units left, 8 planned"


def test_no_authorization_needed_by_every_benefit_is_ready(case, at):
    coverage = case.authorization.coverage
    case.authorization.lines.all().delete()
    case.authorization.delete()
    assert "authorization: not known" in condition(case, at, "authorization").facts
    coverage.benefit_lines.create(category="drug", needs_authorization=False)
    assert condition(case, at, "authorization").verdict is Verdict.READY


# -- Things and people ----------------------------------------------------------------------------------------------------


@pytest.mark.hazard("HZ-063")
@pytest.mark.parametrize("state", ["none", "expired", "opened", "elsewhere"])
def test_no_visit_is_ready_without_a_kit_in_date_in_the_home(case, at, state):
    kit = case.kit
    if state == "none":
        kit.delete()
    else:
        kit.expires_on = date(2026, 11, 21) if state == "expired" else kit.expires_on
        kit.is_intact = state != "opened"
        kit.status = "packed" if state == "elsewhere" else "home"
        kit.save()
    found = condition(case, at, "kit")
    assert (found.verdict, found.owner_role) == (Verdict.BLOCKED, "technician")


def test_where_the_facts_leave_the_kit_to_policy_a_pharmacist_decides(case, at, acting):
    episode = make_episode(make_patient(case.patient.site, 5), therapy_id="vancomycin")
    make_order(episode, reaction_medication=None, monitoring=[])
    visit = make_visit(episode, case.nurse)
    asked = next(one for one in gate_of(visit, at).conditions if one.name == "kit")
    assert "not known" in asked.facts
    decide(episode=episode, subject="kit", answer="not_needed", reason="policy 7", by=acting(Role.PHARMACIST), at=at)
    assert "kit" in gate_of(visit, at).not_needed


@pytest.mark.hazard("HZ-067")
@pytest.mark.parametrize(
    "change",
    [
        lambda case: case.nurse.licences.update(expires_on=date(2026, 11, 24)),
        lambda case: case.nurse.licences.update(state="WI"),
        lambda case: case.nurse.competencies.filter(name="peripheral IV").delete(),
        lambda case: case.nurse.competencies.update(expires_on=date(2026, 11, 24)),
        lambda case: case.nurse.competencies.update(shown_on=date(2026, 11, 26)),
    ],
)
def test_a_nurse_without_licence_or_competency_on_the_day_blocks(case, at, change):
    """Whatever path assigned her: the gate asks again on the day."""
    change(case)
    found = condition(case, at, "nurse")
    assert (found.verdict, found.owner_role) == (Verdict.BLOCKED, "scheduler")


def test_nobody_assigned_blocks(case, at):
    case.visit.nurse = None
    case.visit.save()
    assert condition(case, at, "nurse").facts == "nurse not assigned"


def test_a_home_with_an_open_stop_blocks(case, at):
    HomeAssessment.objects.all().delete()
    assert "home assessment: not known" in condition(case, at, "home").facts


def test_a_withdrawn_consent_blocks(case, at):
    case.consent.revoked_at = at
    case.consent.save()
    assert condition(case, at, "consent").facts == "consent was withdrawn"


def test_an_infusion_that_outlasts_the_nurse_needs_pump_and_caregiver(site, at):
    episode = make_episode(make_patient(site), therapy_id="nafcillin")
    make_order(
        episode, pump={"type": "ambulatory"}, infuse_over={"value": "24", "unit": "h"}, frequency={"continuous": True},
    )  # fmt: skip
    gate = gate_of(make_visit(episode, make_nurse(site)), at)
    by_name = {one.name: one for one in gate.conditions}
    assert by_name["pump"].verdict is by_name["caregiver"].verdict is Verdict.BLOCKED


def test_a_visit_of_a_kind_nobody_listed_is_not_known(case, at):
    case.visit.kind = "moon landing"
    case.visit.save()
    assert "whether this visit needs it" in condition(case, at, "drug").facts


def test_a_dressing_visit_needs_no_drug(case, at):
    case.visit.kind = "dressing"
    case.visit.save()
    assert set(gate_of(case.visit, at).not_needed) == {"drug", "order", "pump", "kit", "caregiver"}


# -- Release ------------------------------------------------------------------------------------------------------------------


def test_a_ready_visit_is_released_with_its_conditions(case, at, acting):
    row = release(visit=case.visit, by=acting(Role.NURSE), at=at)
    assert row.verdict == "ready"
    assert {one["name"] for one in row.conditions} >= {"drug", "nurse", "consent"}
    assert DomainEvent.objects.get(kind="visit.released").episode_id == case.episode.pk


def test_a_visit_at_risk_needs_a_reason(case, at, acting):
    case.authorization.status = "pended"
    case.authorization.save()
    with pytest.raises(BadInput) as caught:
        release(visit=case.visit, by=acting(Role.NURSE), at=at, reason="  ")
    assert list(caught.value.fields) == ["reason"]


@pytest.mark.hazard("HZ-063")
def test_a_blocked_visit_cannot_be_released_by_anyone(case, at, acting):
    case.kit.delete()
    with pytest.raises(Refused) as caught:
        release(visit=case.visit, reason="I insist", by=acting(Role.OPERATIONS), at=at)
    assert "No anaphylaxis kit in the home" in caught.value.sentence


def test_a_visit_under_way_is_not_released(case, at, acting):
    case.visit.status = "under_way"
    case.visit.save()
    with pytest.raises(Refused):
        release(visit=case.visit, by=acting(Role.NURSE), at=at)


def test_a_biller_does_not_release_and_a_stranger_finds_nothing(case, at, acting, program):
    with pytest.raises(NotAllowed):
        release(visit=case.visit, by=acting(Role.BILLER), at=at)
    other = make_program("elsewhere")
    with scope.tenant(other.pk), pytest.raises(NotFound):
        release(visit=case.visit, by=acting(Role.NURSE), at=at)


# -- Follow-up --------------------------------------------------------------------------------------------------------------


def test_a_blocked_condition_is_a_task_of_its_owner_until_it_clears(case, at, system):
    case.kit.status = "packed"
    case.kit.save()
    assert follow_up(by=system, at=at) == (1, 0)
    assert follow_up(by=system, at=at) == (0, 0)
    task = Task.objects.get(key=f"gate:{case.visit.pk}:kit")
    assert (task.owner_role, task.why) == (Role.TECHNICIAN, "No anaphylaxis kit in the home.")
    case.kit.status = "home"
    case.kit.save()
    assert follow_up(by=system, at=at) == (0, 1)
    task.refresh_from_db()
    assert task.status == "done"
    assert task.outcome.startswith("Kit DK-0001, intact")


def test_a_cancelled_visit_closes_its_tasks(case, at, system):
    case.kit.delete()
    follow_up(by=system, at=at)
    case.visit.status = "cancelled"
    case.visit.save()
    assert follow_up(by=system, at=at) == (0, 1)


def test_the_command_answers_like_the_board(case, at, capsys):
    options = command_options("--date", TOMORROW.isoformat(), "--json")
    assert command.run(options) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["programs"][0]["visits"][0]["conditions"] == gate_of(case.visit, at).as_dict()["conditions"]
    case.kit.delete()
    assert command.run(command_options("--date", TOMORROW.isoformat())) == 1
    assert "Anaphylaxis kit (technician): no anaphylaxis kit in the home" in capsys.readouterr().out


def command_options(*arguments):
    import argparse

    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers())
    return parser.parse_args(["readiness", *arguments])
