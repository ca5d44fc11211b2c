"""Drafting: only what was done and signed, each charge once, in the units of the dated table."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from support.billed_course import FIRST, Course

from openinfusion.apps.billing.models import BilledCharge, Claim
from openinfusion.apps.billing.public import draft_claim, recheck, send_claim, void_claim
from openinfusion.apps.billing.services.checking import billing_rules, check
from openinfusion.apps.billing.services.claims import locked
from openinfusion.apps.billing.services.rows import core_claim
from openinfusion.apps.coverage.models import Authorization
from openinfusion.apps.coverage.public import AuthorizationLine, BenefitLine, Coverage, Payer
from openinfusion.apps.patients.public import Episode
from openinfusion.core.claims import EditFacts, check_claim
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput, NotAllowed, NotFound, Refused
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.platform.worklist.models import Task

pytestmark = pytest.mark.django_db


def _lines(claim):
    return [(row.code, row.modifiers, row.units, row.charge_minor) for row in claim.lines.order_by("number")]


def _rules(claim, severity="block"):
    return {finding["rule"] for finding in claim.findings if finding["severity"] == severity}


def test_a_signed_visit_becomes_drug_per_diem_and_nursing_lines(course, draft):
    course.visit()
    claim = draft()
    assert claim.status == "ready", claim.findings
    assert _lines(claim) == [("J0696", ["JZ"], 8, 2000), ("S9500", [], 1, 12000), ("99601", [], 1, 16500)]
    assert (claim.total_minor, claim.expected_minor) == (30500, 1520 + 10500 + 15000)


def test_the_drug_line_carries_ndc_lot_and_evidence(course, draft):
    record = course.visit()
    line = draft().lines.get(code="J0696")
    assert (line.ndc, line.ndc_quantity, line.ndc_unit, line.lot_numbers) == ("00409-7332-01", 1, "UN", "CT26H114")
    assert line.evidence == [f"a{record.administrations.get().pk}"]


@pytest.mark.hazard("HZ-080")
def test_an_unsigned_visit_bills_nothing_and_says_who_must_sign(course, draft):
    course.visit()
    course.visit(FIRST + timedelta(days=1), signed=False)
    claim = draft()
    assert claim.status == "blocked"
    assert _lines(claim) == [("J0696", ["JZ"], 8, 2000), ("S9500", [], 1, 12000), ("99601", [], 1, 16500)]
    assert "CLM-NOT-SIGNED" in _rules(claim)
    assert Task.objects.get(key=f"claim:{claim.pk}:nurse").owner_role == "nurse"


def test_an_edit_after_signing_needs_a_new_signature(course, draft, biller, at):
    record = course.visit()
    record.version += 1
    record.sections = {"note": {"text": "changed"}}
    record.save()
    claim = draft()
    assert claim.status == "blocked"
    assert not claim.lines.exists()
    course.sign(record)
    assert recheck(claim=claim, by=biller, at=at).status == "ready"
    assert not Task.objects.filter(key__startswith=f"claim:{claim.pk}:", status="open").exists()


def test_a_dose_changed_behind_the_signature_is_not_billed(course, draft):
    record = course.visit()
    record.administrations.update(dose_given_value=Decimal(20))
    claim = draft()
    assert claim.status == "blocked"
    assert not claim.lines.exists()


@pytest.mark.hazard("HZ-079")
def test_days_billed_before_are_not_billed_again(course, draft, biller, at):
    course.visit()
    send_claim(claim=draft(), by=biller, at=at)
    with pytest.raises(Refused, match="nothing_to_bill"):
        draft()
    assert sum(Claim.objects.values_list("total_minor", flat=True)) == 30500


def test_an_overlapping_claim_holds_only_the_new_day(course, draft, biller, at):
    course.visit()
    send_claim(claim=draft(), by=biller, at=at)
    course.visit(FIRST + timedelta(days=1))
    claim = draft()
    assert {row.from_date for row in claim.lines.all()} == {FIRST + timedelta(days=1)}


def test_the_database_itself_refuses_a_second_charge(course, draft):
    course.visit()
    charge = BilledCharge.objects.filter(line__claim=draft()).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        BilledCharge.objects.create(line=charge.line, unique_key=charge.unique_key)


def test_a_second_draft_over_the_same_days_is_refused(course, draft):
    course.visit()
    draft()
    with pytest.raises(Refused, match="unsent_claim"):
        draft()


def test_a_voided_claim_frees_its_charges(course, draft, biller, at):
    course.visit()
    void_claim(claim=draft(), reason="wrong payer", by=biller, at=at)
    assert draft().status == "ready"


@pytest.mark.hazard("HZ-081")
def test_ten_times_the_units_is_caught_against_the_dated_table(course, draft, biller, at):
    """The units of a stored claim are recomputed from its own records: a tenfold slip never passes the edits."""
    course.visit()
    claim = locked(draft(), by=biller)
    tenant = Tenant.objects.get(pk=biller.tenant_id)
    checked = check(claim, tenant=tenant, at=at)
    claim.lines.filter(code="J0696").update(units=80)
    built = core_claim(claim, tenant=tenant, terms=checked.terms)
    facts = EditFacts(rules=billing_rules(), evidence=checked.gathered.evidence, on=at.date(), coverage=None)
    assert "CLM-UNIT-CONVERSION" in {finding.rule for finding in check_claim(built, facts)}


def test_a_claim_changed_by_hand_is_not_sent(course, draft, biller, at):
    course.visit()
    claim = draft()
    claim.lines.filter(code="J0696").update(units=80)
    with pytest.raises(Refused, match="changed_since_check"):
        send_claim(claim=claim, by=biller, at=at)


def test_waste_is_billed_apart_with_jw(course, draft):
    course.used_lot.amount_wasted = Decimal(14)
    course.used_lot.save()
    course.visit(given="1")
    assert _lines(draft())[:2] == [("J0696", [], 4, 1000), ("J0696", ["JW"], 4, 1000)]


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda c: c.item.billing_facts.delete(), "CLM-CONTAINER-UNKNOWN"),
        (lambda c: c.payer.rates.filter(code="S9500").delete(), "CLM-NO-RATE"),
        (lambda c: Coverage.objects.update(starts_on=None), "CLM-COVERAGE"),
        (lambda c: Coverage.objects.update(relation="spouse"), "CLM-SUBSCRIBER"),
        (lambda c: Episode.objects.update(icd10=""), "CLM-DIAGNOSIS"),
        (lambda c: Episode.objects.update(prescriber=None), "CLM-ORDERING"),
        (lambda c: c.box.lines.update(is_received=False), "CLM-NO-DELIVERY"),
        (lambda c: Payer.objects.update(claim_filing_code=""), "CLM-FIELD"),
        (lambda c: c.payer.contract.delete(), "CLM-NURSING-BASIS"),
    ],
)
def test_what_is_missing_blocks_the_claim_by_name(course, draft, spoil, rule):
    course.visit()
    spoil(course)
    claim = draft()
    assert claim.status == "blocked"
    assert rule in _rules(claim)


def test_a_line_without_a_rate_is_held_and_never_priced(course, draft):
    course.payer.rates.filter(code="S9500").delete()
    course.visit()
    claim = draft()
    held = claim.lines.get(code="S9500")
    assert held.charge_minor is None
    assert held.held == "no rate"
    assert claim.total_minor == 18500
    assert claim.expected_minor is None


def test_an_unrecorded_waste_is_not_taken_for_none(course, draft):
    course.visit(wasted=None)
    claim = draft()
    assert "CLM-DISCARDED-UNKNOWN" in _rules(claim)
    assert not claim.lines.filter(code="J0696").exists()


def test_vials_used_whole_left_nothing(course, draft):
    course.used_lot.amount_wasted = None
    course.used_lot.save()
    course.visit()
    assert draft().lines.get(code="J0696").modifiers == ["JZ"]


def test_vials_not_used_whole_without_a_record_block(course, draft):
    course.used_lot.amount_wasted, course.used_lot.quantity = None, 15
    course.used_lot.save()
    course.visit()
    assert "CLM-DISCARDED-UNKNOWN" in _rules(draft())


def _authorize(course, code="", units="3", category="nursing", status="approved"):
    row = Authorization.objects.create(
        episode=course.episode, coverage=course.coverage, number="A-55012", status=status, starts_on=FIRST,
        ends_on=FIRST + timedelta(days=2),
    )  # fmt: skip
    AuthorizationLine.objects.create(
        authorization=row, category=category, code=code, units_approved=Decimal(units), unit="visit"
    )
    return row


def test_the_authorization_number_goes_with_the_lines_it_covers(course, draft):
    _authorize(course)
    course.visit()
    claim = draft()
    assert claim.status == "ready"
    assert claim.authorization_number == "A-55012"


def test_a_needed_authorization_that_is_missing_blocks(course, draft):
    BenefitLine.objects.create(coverage=course.coverage, category="nursing", needs_authorization=True)
    course.visit()
    assert "CLM-AUTHORIZATION" in _rules(draft())


def test_more_units_than_authorized_block(course, draft):
    _authorize(course, units="1")
    course.visit()
    course.visit(FIRST + timedelta(days=1))
    assert "CLM-AUTHORIZED-UNITS" in _rules(draft())


def test_two_authorizations_name_their_own_lines(course, draft):
    _authorize(course)
    other = _authorize(course, category="per_diem")
    other.number = "B-1"
    other.save()
    course.visit()
    claim = draft()
    assert claim.status == "ready", claim.findings
    assert {(row.code, row.authorization or claim.authorization_number) for row in claim.lines.exclude(code="J0696")} == {
        ("99601", "A-55012"), ("S9500", "B-1"),
    }  # fmt: skip


def test_days_without_any_record_are_refused(course, draft):
    with pytest.raises(Refused, match="nothing_to_bill"):
        draft()


def test_days_in_the_wrong_order_name_the_field(course, biller, at):
    with pytest.raises(BadInput) as caught:
        draft_claim(episode=course.episode, from_date=FIRST, to_date=FIRST - timedelta(days=1), by=biller, at=at)
    assert set(caught.value.fields) == {"to_date"}


def test_no_coverage_is_refused(course, draft):
    course.visit()
    course.coverage.delete()
    with pytest.raises(Refused, match="no_coverage"):
        draft()


def test_a_nurse_does_not_draft_claims(course, acting, at):
    with pytest.raises(NotAllowed):
        draft_claim(episode=course.episode, from_date=FIRST, to_date=FIRST, by=acting(Role.NURSE), at=at)


def test_another_programs_episode_is_not_found(course, biller, at):
    from dataclasses import replace

    from support.people import make_program

    from openinfusion.platform.tenancy import scope

    other = make_program("stranger")
    with scope.tenant(other.pk), pytest.raises(NotFound):
        draft_claim(
            episode=course.episode, from_date=FIRST, to_date=FIRST, by=replace(biller, tenant_id=other.pk), at=at
        )


@pytest.mark.hazard("HZ-001")
def test_another_patients_coverage_is_refused(course, site, biller, at):
    other = Course(site=site, by=biller, at=at, number=2, name=("Ficton", "Bram"))
    course.visit()
    with pytest.raises(Refused, match="other_patient"):
        draft_claim(episode=course.episode, from_date=FIRST, to_date=FIRST, coverage=other.coverage, by=biller, at=at)


def test_gathering_takes_a_bounded_number_of_queries(course, draft, django_assert_max_num_queries):
    from openinfusion.apps.billing.public import gather

    for offset in range(4):
        course.visit(FIRST + timedelta(days=offset), signed=False)
    with django_assert_max_num_queries(12):
        gather(episode=course.episode, from_date=FIRST, to_date=FIRST + timedelta(days=6), per_diems={})
