"""A small C-CDA document made of sections, to change part by part."""

from __future__ import annotations

import pytest

from openinfusion.formats.referral import read_referral

PATIENT = """
<recordTarget><patientRole>
  <id root="1.2.3" extension="DEMO-1"/>
  <addr use="HP"><streetAddressLine>418 Linden Court</streetAddressLine><city>Springfield</city>
    <state>IL</state><postalCode>62704</postalCode></addr>
  <telecom value="tel:+1(217)555-0101" use="MC"/>
  <patient>
    <name use="L"><given>Marion</given><family>Sampleford</family></name>
    <administrativeGenderCode code="F"/><birthTime value="19610304"/>
  </patient>
</patientRole></recordTarget>
"""


def document_text(*sections, patient=PATIENT, root="ClinicalDocument", prefix=""):
    body = "".join(f"<component>{section}</component>" for section in sections)
    return (
        f'{prefix}<{root} xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xmlns:sdtc="urn:hl7-org:sdtc"><effectiveTime value="20261118"/>{patient}'
        f"<component><structuredBody>{body}</structuredBody></component></{root}>"
    )


def section_text(code, *entries, title="SECTION", attributes=""):
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<section {attributes}><code code="{code}"/><title>{title}</title><text>words</text>{inner}</section>'


@pytest.fixture
def section():
    return section_text


@pytest.fixture
def document():
    return document_text


@pytest.fixture
def read():
    """Read sections as a referral document."""
    return lambda *sections, **options: read_referral(document_text(*sections, **options).encode())
