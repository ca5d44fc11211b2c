"""Orders and preparations: entered once, verified by another person in exactly this content, made from that only."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from openinfusion.apps.inventory.public import add_item, receive_stock
from openinfusion.apps.patients.public import Episode, Patient
from openinfusion.apps.pharmacy.models import OrderRevision
from openinfusion.apps.pharmacy.public import (
    Limits,
    UsedLot,
    check,
    check_preparation,
    current_revision,
    current_verification,
    enter_order,
    hold,
    plan_preparation,
    record_preparation,
    release,
    resume,
    revise,
    signature_holds,
    start,
    submit,
    verify_order,
)
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, Refused
from openinfusion.platform.worklist.models import Task

CONTENT = {
    "therapy": "ceftriaxone",
    "indication": "osteomyelitis",
    "route": "intravenous",
    "dose": {"value": "2", "unit": "g"},
    "dose_basis": "absolute",
    "frequency": {"times": 1, "per": {"value": "24", "unit": "h"}},
    "diluent": "sodium chloride 0.9 %",
    "volume": {"value": "50", "unit": "mL"},
    "infuse_over": {"value": "30", "unit": "min"},
    "pump": {"type": "gravity"},
    "premedication": [],
    "line_shared_with": [],
    "start_on": "2026-11-25",
    "stop_on": "2026-12-20",
    "first_dose": False,
    "ordered_by": "Noah Pretend, MD",
}


@pytest.fixture
def episode(site, at):
    patient = Patient.objects.create(
        site=site, mrn="T-1", family_name="Ficton", given_name="Bram", birth_date=date(1960, 1, 2), sex="male",
        time_zone="America/Chicago", created_at=at, allergy_status="none_known", allergies_reviewed_on=at.date(),
    )  # fmt: skip
    episode = Episode.objects.create(patient=patient, number="E-1", therapy_id="ceftriaxone", referral_received_at=at)
    for test, value, unit in (("weight", "80", "kg"), ("height", "175", "cm"), ("creatinine", "1", "mg/dL")):
        patient.measurements.create(
            test=test, value=Decimal(value), unit=unit, taken_at=at - timedelta(days=2), method="measured", source="test",
            tenant=patient.tenant,
        )  # fmt: skip
    patient.access_devices.create(kind="picc", lumens=1, tenant=patient.tenant, placed_on=at.date())
    return episode


@pytest.fixture
def order(episode, acting, at):
    return enter_order(episode=episode, content=CONTENT, origin="entered", by=acting(Role.INTAKE), at=at)


@pytest.fixture
def verified(order, acting, at):
    submit(order=order, by=acting(Role.INTAKE), at=at)
    reasons = [
        (finding.rule, "checked with the prescriber")
        for finding in check(revision=current_revision(order), at=at)[1].findings
    ]
    verify_order(order=order, overrides=reasons, by=acting(Role.PHARMACIST), at=at)
    order.refresh_from_db()
    return order


@pytest.fixture
def lot(site, acting, at):
    by = acting(Role.TECHNICIAN)
    item = add_item(fields={"kind": "drug", "name": "ceftriaxone 2 g vial", "therapy_id": "ceftriaxone"}, by=by, at=at)
    return receive_stock(item=item, site=site, lot_number="L1", expires_on=date(2027, 12, 1), quantity=30, by=by, at=at)


def _limits(**changed):
    from openinfusion.apps.pharmacy.services.preparations import category_key
    from openinfusion.core.beyond_use import Storage
    from openinfusion.rulepacks.storage import beyond_use_categories

    row = next(one for one in beyond_use_categories() if one.may_be_proposed and one.lasts.get(Storage.REFRIGERATOR))
    values = {
        "category": category_key(row),
        "storage": "fridge_2_8c",
        "stability": timedelta(hours=24),
        "stability_source": "label",
    }
    return Limits(**values | changed)


def _prepared(verified, lot, acting, at):
    by = acting(Role.TECHNICIAN)
    preparation = plan_preparation(order=verified, doses=7, by=by, at=at)
    start(preparation=preparation, by=by, at=at)
    return record_preparation(preparation=preparation, lots=[UsedLot(lot, 7)], limits=_limits(), by=by, at=at)


def test_a_wrong_unit_is_refused_with_the_field_and_nothing_is_stored(episode, acting, at):
    with pytest.raises(BadInput) as caught:
        enter_order(
            episode=episode,
            content=CONTENT | {"dose": {"value": "2", "unit": "U"}},
            origin="entered",
            by=acting(Role.INTAKE),
            at=at,
        )
    assert "dose" in " ".join(caught.value.fields)
    assert not OrderRevision.objects.exists()


def test_submitting_asks_a_pharmacist(order, acting, at):
    submit(order=order, by=acting(Role.INTAKE), at=at)
    assert Task.objects.get(key=f"order:{order.pk}:verify").owner_role == "pharmacist"


def test_a_nurse_does_not_verify(order, acting, at):
    submit(order=order, by=acting(Role.INTAKE), at=at)
    with pytest.raises(NotAllowed):
        verify_order(order=order, by=acting(Role.NURSE), at=at, overrides=[("x", "y")])


@pytest.mark.hazard("HZ-022")
def test_who_entered_the_order_does_not_verify_it(episode, acting, at):
    both = acting(Role.PHARMACIST)
    mine = enter_order(episode=episode, content=CONTENT, origin="entered", by=both, at=at)
    submit(order=mine, by=both, at=at)
    reasons = [(finding.rule, "r") for finding in check(revision=current_revision(mine), at=at)[1].findings]
    with pytest.raises(Refused, match="same_person"):
        verify_order(order=mine, overrides=reasons, by=both, at=at)


@pytest.mark.hazard("HZ-013")
def test_an_allergy_not_asked_stops_the_verification(order, acting, at):
    Patient.objects.update(allergy_status="not_asked")
    submit(order=order, by=acting(Role.INTAKE), at=at)
    _case, verdict = check(revision=current_revision(order), at=at)
    assert "allergies" in " ".join(finding.subject for finding in verdict.findings if finding.severity == "block")
    with pytest.raises(Refused, match="blocked"):
        verify_order(order=order, by=acting(Role.PHARMACIST), at=at)


def test_verification_is_signed_over_the_content_and_keeps_the_case(verified):
    decision = current_verification(verified)
    assert signature_holds(decision)
    assert decision.case["order"]["dose"] == {"unit": "g", "value": "2"}
    assert decision.rules_version
    assert decision.checked


@pytest.mark.hazard("HZ-109")
def test_a_signature_does_not_fit_another_revision(verified, acting, at):
    decision = current_verification(verified)
    other = revise(
        order=verified,
        content=CONTENT | {"dose": {"value": "1", "unit": "g"}},
        reason="weight",
        by=acting(Role.INTAKE),
        at=at,
    )
    decision.revision = other
    assert not signature_holds(decision)


@pytest.mark.hazard("HZ-021")
@pytest.mark.parametrize(
    "change",
    [
        {"dose": {"value": "1", "unit": "g"}},
        {"infuse_over": {"value": "60", "unit": "min"}},
        {"diluent": "dextrose 5 %"},
        {"volume": {"value": "100", "unit": "mL"}},
    ],
)
def test_any_change_voids_verification_and_release(verified, lot, acting, at, change):
    preparation = _prepared(verified, lot, acting, at)
    check_preparation(preparation=preparation, by=acting(Role.PHARMACIST), at=at)
    revise(order=verified, content=CONTENT | change, reason="changed", by=acting(Role.INTAKE), at=at)
    verified.refresh_from_db()
    type(verified).objects.filter(pk=verified.pk).update(status="verified")
    verified.refresh_from_db()
    assert current_verification(verified) is None
    with pytest.raises(Refused):
        release(preparation=preparation, by=acting(Role.PHARMACIST), at=at)


def test_a_held_order_comes_due_and_is_verified_again_when_resumed(verified, acting, at):
    by = acting(Role.PHARMACIST)
    hold(order=verified, reason="hospital stay", by=by, at=at)
    assert Task.objects.filter(key=f"order:{verified.pk}:hold", status="open").exists()
    assert resume(order=verified, by=by, at=at).status == "submitted"


@pytest.mark.hazard("HZ-058")
def test_another_drug_cannot_go_into_the_bag(verified, site, acting, at):
    by = acting(Role.TECHNICIAN)
    wrong = add_item(fields={"kind": "drug", "name": "cefazolin 1 g vial", "therapy_id": "cefazolin"}, by=by, at=at)
    other = receive_stock(item=wrong, site=site, lot_number="X", expires_on=date(2027, 1, 1), quantity=9, by=by, at=at)
    preparation = plan_preparation(order=verified, doses=1, by=by, at=at)
    start(preparation=preparation, by=by, at=at)
    with pytest.raises(Refused, match="wrong_drug"):
        record_preparation(preparation=preparation, lots=[UsedLot(other, 1)], limits=_limits(), by=by, at=at)
    other.refresh_from_db()
    assert other.on_hand == 9


def test_the_beyond_use_time_is_the_earliest_limit_and_release_stores_the_label(verified, lot, acting, at):
    preparation = _prepared(verified, lot, acting, at)
    assert preparation.beyond_use_at == at + timedelta(hours=24)
    with pytest.raises(Refused, match="same_person"):
        check_preparation(preparation=preparation, by=acting(Role.TECHNICIAN), at=at)
    check_preparation(preparation=preparation, by=acting(Role.PHARMACIST), at=at)
    released = release(preparation=preparation, by=acting(Role.PHARMACIST), at=at)
    assert bytes(released.label.content).startswith(b"%PDF")
    lot.refresh_from_db()
    assert lot.on_hand == 23


@pytest.mark.hazard("HZ-057")
def test_nothing_past_its_beyond_use_time_is_released(verified, lot, acting, at):
    preparation = _prepared(verified, lot, acting, at)
    check_preparation(preparation=preparation, by=acting(Role.PHARMACIST), at=at)
    with pytest.raises(Refused, match="past_beyond_use"):
        release(preparation=preparation, by=acting(Role.PHARMACIST), at=at + timedelta(hours=25))


def test_without_a_stability_source_there_is_no_beyond_use_time(verified, lot, acting, at):
    by = acting(Role.TECHNICIAN)
    preparation = plan_preparation(order=verified, doses=1, by=by, at=at)
    start(preparation=preparation, by=by, at=at)
    with pytest.raises(BadInput):
        record_preparation(
            preparation=preparation, lots=[UsedLot(lot, 1)], limits=_limits(stability_source=" "), by=by, at=at
        )


def test_an_expired_lot_never_goes_in(verified, lot, acting):
    late = datetime(2028, 1, 1, tzinfo=UTC)
    by = acting(Role.TECHNICIAN)
    preparation = plan_preparation(order=verified, doses=1, by=by, at=late)
    start(preparation=preparation, by=by, at=late)
    with pytest.raises(Refused, match="lot_expired"):
        record_preparation(preparation=preparation, lots=[UsedLot(lot, 1)], limits=_limits(), by=by, at=late)
