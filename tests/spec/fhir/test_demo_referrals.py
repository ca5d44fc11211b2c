"""The ten hand-made referrals: complete for their therapy, honest US Core shapes, doses inside the shipped facts."""

from __future__ import annotations

import json
import tarfile
from datetime import date
from decimal import Decimal

import pytest

from openinfusion.core.findings import Severity
from openinfusion.core.identity import npi_is_valid
from openinfusion.core.referrals import MeasurementKind, assess_referral, read_therapies, weight_in_kg
from openinfusion.demo_data.referrals import THERAPY_IDS, load_referral
from openinfusion.formats.referral import read_referral
from openinfusion.rulepacks.tables import load_table

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def therapies():
    return read_therapies(row.fields for row in load_table("therapies"))


def test_there_is_one_for_each_therapy_of_the_foundation():
    assert set(THERAPY_IDS) == {
        "ceftriaxone", "vancomycin", "ivig10", "infliximab", "tpn", "milrinone", "fluorouracil",
        "hydromorphone_pca", "factor8", "hydration",
    }  # fmt: skip


@pytest.mark.parametrize("therapy_id", THERAPY_IDS)
def test_each_is_complete_for_its_therapy(therapy_id, therapies):
    package = read_referral(load_referral(therapy_id))
    (assessment,) = assess_referral(package, therapies=therapies, today=TODAY)
    (completeness,) = assessment.orders
    assert completeness.therapy_id == therapy_id
    assert [element.sentence for element in completeness.missing] == []
    assert completeness.score == 100
    assert assessment.findings == ()
    assert {item.severity for item in package.findings} <= {Severity.INFORM}
    assert {item.rule for item in package.findings} <= {"fhir.not_understood"}


@pytest.mark.parametrize("therapy_id", THERAPY_IDS)
def test_each_brings_a_caregiver_an_access_and_a_valid_npi(therapy_id):
    patient = read_referral(load_referral(therapy_id)).patient
    assert patient.contacts
    assert patient.access_devices
    assert npi_is_valid(patient.orders[0].prescriber.npi)
    assert all(item.taken.day <= TODAY for item in patient.measurements)


def kilograms(patient):
    return weight_in_kg(next(item for item in patient.measurements if item.kind is MeasurementKind.WEIGHT))


def test_no_two_demo_people_are_one():
    """Different people with different numbers: the duplicate check must stay quiet on them."""
    people = [read_referral(load_referral(therapy_id)).patient for therapy_id in THERAPY_IDS]
    for pick in (
        lambda p: p.identifiers[0].value,
        lambda p: p.phones[0],
        lambda p: p.coverages[0].member_id,
        lambda p: (p.names[0].family, p.names[0].given),
    ):
        assert len({pick(person) for person in people}) == len(people)


# Dose in the order, its unit, and the range of therapies.csv or drug_library.json (soft limits) it must lie in.
RANGES = [
    ("ceftriaxone", "g", "1", "2", "therapies.csv ceftriaxone adult_dose"),
    ("infliximab", "mg/kg", "3", "10", "drug_library.json infliximab (IFX)"),
    ("ivig10", "mg/kg", "300", "600", "therapies.csv ivig10 adult_dose (IVIG_SKY)"),
    ("fluorouracil", "mg/m2", "1800", "2400", "drug_library.json fluorouracil_46h"),
    ("tpn", "mL", "1000", "3000", "drug_library.json tpn vtbi_mL"),
    ("hydration", "mL", "500", "3000", "therapies.csv hydration adult_dose"),
    ("hydromorphone_pca", "mg", "0.05", "0.4", "drug_library.json hydromorphone_pca demand"),
]


@pytest.mark.parametrize(("therapy_id", "unit", "low", "high", "source"), RANGES)
def test_each_dose_lies_in_its_sourced_range(therapy_id, unit, low, high, source):
    order = read_referral(load_referral(therapy_id)).patient.orders[0]
    assert order.dose_unit == unit, source
    assert Decimal(low) <= order.dose_value <= Decimal(high), source


def test_the_vancomycin_dose_is_per_kilogram_and_not_too_fast():
    """15-20 mg/kg, at most 10 mg/min (VANC_LBL)."""
    patient = read_referral(load_referral("vancomycin")).patient
    dosage = patient.orders[0].first_dosage
    assert Decimal(15) <= dosage.dose_value / kilograms(patient) <= Decimal(20)
    assert dosage.dose_value / dosage.infuse_over <= Decimal(10)


def test_the_factor_viii_dose_follows_its_formula():
    """IU = kg x desired rise (percent) x 0.5 (therapies.csv factor8), with the weight sent in pounds."""
    patient = read_referral(load_referral("factor8")).patient
    assert round(kilograms(patient)) * 50 * Decimal("0.5") == patient.orders[0].dose_value == 1800


def test_the_milrinone_rate_lies_in_the_label_range():
    dosage = read_referral(load_referral("milrinone")).patient.orders[0].first_dosage
    assert dosage.rate_unit == "mcg/kg/min"
    assert Decimal("0.375") <= dosage.rate_value <= Decimal("0.75")


def test_the_fluorouracil_infusion_is_never_shorter_than_46_hours():
    """HZ-017: 46 h given as 4.6 h kills."""
    dosage = read_referral(load_referral("fluorouracil")).patient.orders[0].first_dosage
    assert (dosage.infuse_over, dosage.infuse_over_unit) == (Decimal(46), "h")


@pytest.fixture(scope="module")
def us_core(shared):
    """US Core 8.0.0 snapshots by URL: the elements each profile knows, and those it requires."""
    profiles = {}
    with tarfile.open(shared / "samples" / "us-core" / "us-core-8.0.0-definitions.tgz") as archive:
        for member in archive.getmembers():
            if "StructureDefinition-us-core" in member.name:
                definition = json.load(archive.extractfile(member))
                profiles[definition["url"]] = definition
    return profiles


@pytest.mark.samples
@pytest.mark.parametrize("therapy_id", THERAPY_IDS)
def test_each_resource_has_the_shape_of_its_us_core_profile(therapy_id, us_core):
    """Every top-level element is one the profile knows, and none of its required ones is missing."""
    checked = 0
    for entry in json.loads(load_referral(therapy_id))["entry"]:
        resource = entry["resource"]
        for url in resource.get("meta", {}).get("profile", []):
            _check_shape(resource, us_core[url])
            checked += 1
    assert checked >= 8


def _check_shape(resource, definition):
    kind = resource["resourceType"]
    assert definition["type"] == kind
    elements = definition["snapshot"]["element"]
    top = {item["path"].removeprefix(f"{kind}."): item for item in elements if item["path"].count(".") == 1}
    for key in resource.keys() - {"resourceType"}:
        assert key in top or any(name.endswith("[x]") and key.startswith(name[:-3]) for name in top), key
    for name, item in top.items():
        if item["min"] and ":" not in item["id"]:
            assert any(key == name or (name.endswith("[x]") and key.startswith(name[:-3])) for key in resource), name
