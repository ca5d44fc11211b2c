"""Coverage: what the payer said stays what was said; units burn down once per record and never stop care."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from openinfusion.apps.coverage.public import (
    active_authorization,
    add_coverage,
    burn_down_of,
    decide_authorization,
    find_or_add_payer,
    record_benefit,
    request_authorization,
    use_units,
)
from openinfusion.apps.patients.public import Episode, Patient
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, Refused


@pytest.fixture
def episode(site, at):
    patient = Patient.objects.create(
        site=site, mrn="T-1", family_name="Ficton", given_name="Bram", birth_date=date(1950, 1, 2),
        time_zone="America/Chicago", created_at=at,
    )  # fmt: skip
    return Episode.objects.create(patient=patient, number="E-1", therapy_id="ceftriaxone", referral_received_at=at)


@pytest.fixture
def coverage(episode, acting, at):
    by = acting(Role.INTAKE)
    payer = find_or_add_payer(name="Example Health", by=by, at=at)
    return add_coverage(patient=episode.patient, payer=payer, member_id="M1", by=by, at=at)


def _approve(episode, coverage, acting, at, units="12"):
    by = acting(Role.INTAKE)
    row = request_authorization(episode=episode, coverage=coverage, by=by, at=at)
    lines = [("nursing", "99601", Decimal(units), "visit")]
    on = at.date()
    return decide_authorization(
        authorization=row,
        approved=True,
        number="A1",
        starts_on=on,
        ends_on=on + timedelta(days=60),
        lines=lines,
        by=by,
        at=at,
    )


def test_the_same_membership_twice_is_one(episode, coverage, acting, at):
    again = add_coverage(patient=episode.patient, payer=coverage.payer, member_id="M1", by=acting(Role.INTAKE), at=at)
    assert again.pk == coverage.pk


def test_not_known_stays_not_known(coverage, acting, at):
    line = record_benefit(coverage=coverage, category="drug", is_covered=None, by=acting(Role.BILLER), at=at)
    assert line.is_covered is None and line.needs_authorization is None


@pytest.mark.parametrize("fields", [{"category": "meals"}, {"coinsurance_percent": Decimal(120)}, {"copay_minor": -1}])
def test_bad_benefit_input_names_the_field(coverage, acting, at, fields):
    with pytest.raises(BadInput):
        record_benefit(
            coverage=coverage, by=acting(Role.BILLER), at=at, **{"category": "drug", "is_covered": True, **fields}
        )


def test_an_approval_without_number_dates_or_lines_is_refused(episode, coverage, acting, at):
    row = request_authorization(episode=episode, coverage=coverage, by=acting(Role.INTAKE), at=at)
    with pytest.raises(BadInput) as caught:
        decide_authorization(authorization=row, approved=True, by=acting(Role.INTAKE), at=at)
    assert set(caught.value.fields) == {"number", "starts_on", "ends_on", "lines"}


def test_a_signed_record_uses_its_units_once(episode, coverage, acting, at):
    _approve(episode, coverage, acting, at)
    for _ in range(2):
        use_units(
            episode=episode, category="nursing", code="99601", units=Decimal(1), used_on=at.date(), source=episode,
            by=acting(Role.NURSE), at=at,
        )  # fmt: skip
    (burn,) = burn_down_of(episode=episode, scheduled=[], on=at.date())
    assert (burn.units_used, burn.units_left) == (1, 11)


def test_the_schedule_shows_the_day_units_run_out(episode, coverage, acting, at):
    _approve(episode, coverage, acting, at, units="2")
    days = [(at.date() + timedelta(days=n), f"visit:{n}") for n in (1, 2, 3)]
    (burn,) = burn_down_of(episode=episode, scheduled=days, on=at.date())
    assert burn.first_day_not_covered == at.date() + timedelta(days=3)


def test_overdrawn_units_are_a_finding_and_no_refusal(episode, coverage, acting, at):
    _approve(episode, coverage, acting, at, units="1")
    patient = episode.patient
    for source in (episode, patient):
        assert use_units(
            episode=episode,
            category="nursing",
            code="99601",
            units=Decimal(1),
            used_on=at.date(),
            source=source,
            by=acting(Role.NURSE),
            at=at,
        )
    (burn,) = burn_down_of(episode=episode, scheduled=[], on=at.date())
    assert burn.findings


def test_a_nurse_does_not_decide(episode, coverage, acting, at):
    row = request_authorization(episode=episode, coverage=coverage, by=acting(Role.INTAKE), at=at)
    with pytest.raises(NotAllowed):
        decide_authorization(authorization=row, approved=False, note="no", by=acting(Role.NURSE), at=at)


def test_a_decided_authorization_is_not_decided_again(episode, coverage, acting, at):
    row = _approve(episode, coverage, acting, at)
    with pytest.raises(Refused):
        decide_authorization(authorization=row, approved=False, note="late", by=acting(Role.INTAKE), at=at)


@pytest.mark.hazard("HZ-001")
def test_another_patients_coverage_is_refused(episode, coverage, site, browse, at):
    other = Patient.objects.create(
        site=site, mrn="T-2", family_name="Testwell", given_name="Ambrose", birth_date=date(1950, 1, 2),
        time_zone="America/Chicago", created_at=at,
    )  # fmt: skip
    theirs = Episode.objects.create(patient=other, number="E-2", therapy_id="ceftriaxone", referral_received_at=at)
    response = browse(Role.INTAKE).post(f"/coverage/episodes/{theirs.pk}/{coverage.pk}/request/", {"note": ""})
    assert response.status_code == 409
    assert active_authorization(theirs, at.date()) is None


def test_the_whole_way_by_page(episode, browse):
    intake = browse(Role.INTAKE)
    sent = intake.post(
        f"/coverage/episodes/{episode.pk}/add/", {"payer": "Example Health", "member_id": "M1", "relation": "self"}
    )
    assert sent.status_code == 302
    coverage = episode.patient.coverages.get()
    benefit = {"category": "drug", "covered": "yes", "authorization": "yes"}
    assert intake.post(f"/coverage/episodes/{episode.pk}/{coverage.pk}/benefit/", benefit).status_code == 302
    assert intake.post(f"/coverage/episodes/{episode.pk}/{coverage.pk}/request/", {"note": ""}).status_code == 302
    row = active_authorization(episode, date(2026, 11, 24))
    assert intake.post(f"/coverage/authorizations/{row.pk}/approve/", {"number": "A1"}).status_code == 422
    good = {
        "number": "A1", "starts_on": "2026-11-24", "ends_on": "2027-01-31", "category_1": "nursing", "code_1": "99601",
        "units_1": "12", "unit_1": "visit",
    }  # fmt: skip
    assert intake.post(f"/coverage/authorizations/{row.pk}/approve/", good).status_code == 302
    assert b"12 of 12" in intake.get(f"/coverage/episodes/{episode.pk}/").content
    assert intake.get("/coverage/?state=approved").status_code == 200
