"""Rule book of unreadable XML: a code and a sentence, nothing imported, never a traceback (HZ-098)."""

from __future__ import annotations

import pytest

from openinfusion.formats.ccda import xml_text
from openinfusion.formats.referral import UnreadableReferral, read_referral

BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


def code_of(data):
    with pytest.raises(UnreadableReferral) as refusal:
        read_referral(data)
    assert refusal.value.message.endswith(".")
    return refusal.value.code


WRONG = {
    "not well-formed": (b"<ClinicalDocument><component></ClinicalDocument>", "not_xml"),
    "another vocabulary": (b"<html><body/></html>", "not_ccda"),
    "FHIR as XML": (b'<Patient xmlns="http://hl7.org/fhir"/>', "fhir_xml"),
    "a section by itself": (b'<section xmlns="urn:hl7-org:v3"/>', "ccda_section"),
    "no namespace": (b"<ClinicalDocument/>", "not_ccda"),
    "unknown encoding": (b'<?xml version="1.0" encoding="martian"?><a/>', "not_utf8"),
    "bytes that are no text": (b"<a>\xff\xfe</a>", "not_xml"),
}


@pytest.mark.parametrize(("data", "code"), WRONG.values(), ids=WRONG.keys())
def test_wrong_xml_gets_a_clear_error(data, code):
    assert code_of(data) == code


@pytest.mark.parametrize("prefix", [BOMB, EXTERNAL, "<!DOCTYPE x>"], ids=["bomb", "external", "empty doctype"])
def test_document_types_and_entities_are_refused(prefix, document):
    """Expansion bombs and file inclusion need a DOCTYPE, which C-CDA does not have."""
    assert code_of(document(prefix=prefix).encode()) == "forbidden_xml"


@pytest.mark.hazard("HZ-098")
def test_deep_xml_is_refused():
    assert code_of(b"<a>" * 50_000) == "too_deep"


@pytest.mark.hazard("HZ-098")
def test_an_oversized_document_is_refused(document):
    data = document().encode()
    with pytest.raises(UnreadableReferral) as refusal:
        xml_text.parse_xml(data, max_bytes=len(data) - 1)
    assert refusal.value.code == "too_large"


def test_a_truncated_document_is_refused(document):
    data = document().encode()
    for share in (20, 60, 99):
        assert code_of(data[: len(data) * share // 100]) == "not_xml"


def test_two_patients_are_refused(document):
    patient = "<recordTarget><patientRole><patient/></patientRole></recordTarget>"
    assert code_of(document(patient=patient * 2).encode()) == "two_patients"


@pytest.mark.parametrize("patient", ["", "<recordTarget/>", "<recordTarget><patientRole/></recordTarget>"])
def test_no_patient_is_refused(patient, document):
    assert code_of(document(patient=patient).encode()) == "no_patient"
