"""Rule book of C-CDA sections: what each becomes, and what is listed (HL7 C-CDA R2.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from openinfusion.core.findings import Severity
from openinfusion.core.referrals import AccessState, AllergyStatus, MeasurementKind
from openinfusion.formats.referral import read_referral

SNOMED, RXNORM, LOINC = "2.16.840.1.113883.6.96", "2.16.840.1.113883.6.88", "2.16.840.1.113883.6.1"
ICD10 = "2.16.840.1.113883.6.90"


def allergy(value="416098002", negated=False, substance="Penicillin", extra=""):
    return f"""<act><code code="CONC"/><statusCode code="active"/>
      <entryRelationship typeCode="SUBJ"><observation{' negationInd="true"' if negated else ""}>
        <code code="ASSERTION"/><effectiveTime><low value="2001"/></effectiveTime>
        <value xsi:type="CD" code="{value}" codeSystem="{SNOMED}"/>
        <participant typeCode="CSM"><participantRole><playingEntity>
          <code code="7980" codeSystem="{RXNORM}" displayName="{substance}"/>
        </playingEntity></participantRole></participant>{extra}
      </observation></entryRelationship></act>"""


REACTION = f"""<entryRelationship typeCode="MFST"><observation><code code="ASSERTION"/>
  <value xsi:type="CD" code="247472004" codeSystem="{SNOMED}" displayName="Hives"/>
  <entryRelationship typeCode="SUBJ"><observation><code code="SEV"/>
    <value xsi:type="CD" code="6736007" codeSystem="{SNOMED}"/></observation></entryRelationship>
  </observation></entryRelationship>"""


def rules(package):
    return [(item.rule, item.severity) for item in package.findings if item.rule != "ccda.not_understood"]


def test_the_header_is_read(read):
    package = read()
    patient = package.patient
    assert (patient.names[0].family, patient.names[0].given) == ("Sampleford", ("Marion",))
    assert (patient.birth_date.day, patient.sex, patient.phones) == (date(1961, 3, 4), "female", ("+1(217)555-0101",))
    assert patient.addresses[0].is_deliverable
    assert [(item.kind, item.value) for item in patient.identifiers] == [("MR", "DEMO-1")]
    assert (package.source_format, package.sent.day) == ("ccda", date(2026, 11, 18))


def test_an_allergy_with_its_reaction(read, section):
    package = read(section("48765-2", allergy(extra=REACTION)))
    (found,) = package.patient.allergies
    assert package.patient.allergy_status is AllergyStatus.RECORDED
    assert (found.substance, found.code, found.kind, found.categories) == (
        "Penicillin",
        "7980",
        "allergy",
        ("medication",),
    )
    assert [(item.manifestation, item.severity) for item in found.reactions] == [("Hives", "moderate")]
    assert found.onset.text == "2001"
    assert package.findings == ()


@pytest.mark.parametrize(
    ("value", "status", "rule"),
    [
        ("419199007", AllergyStatus.NONE_KNOWN, None),
        ("416098002", AllergyStatus.NONE_KNOWN, "referral.allergies_drug_only"),
        ("414285001", AllergyStatus.NOT_ASKED, "referral.allergies_partly_asked"),
        ("235719002", AllergyStatus.NOT_ASKED, "ccda.negation_unknown"),
    ],
)
def test_a_negated_allergy_is_a_statement_never_an_allergen(value, status, rule, read, section):
    """negationInd turns "allergy to substance" into "no known allergies"."""
    package = read(section("48765-2", allergy(value, negated=True)))
    assert (package.patient.allergies, package.patient.allergy_status) == ((), status)
    assert [item[0] for item in rules(package)] == ([rule] if rule else [])


def test_words_without_data_are_read_by_a_person(read, section):
    """An allergy section of prose is no allergy list, and not "none known" either."""
    package = read(section("48765-2", title="ALLERGIES"))
    assert package.patient.allergy_status is AllergyStatus.NOT_ASKED
    assert rules(package) == [("ccda.narrative_only", Severity.INTERRUPT)]


def test_a_section_without_information_says_so(read, section):
    package = read(section("10160-0", attributes='nullFlavor="NI"'))
    assert rules(package) == [("ccda.no_information", Severity.INFORM)]


def test_an_unknown_section_is_listed_with_its_entries(read, section):
    package = read(section("29762-2", "<act/>", "<act/>", title="SOCIAL HISTORY"))
    (finding,) = package.findings
    assert finding.detail == "SOCIAL HISTORY: this section (2 entries) is not read and kept only in the source."


def medication(mood="EVN", route="Oral", status="active", negated=False, dose='<doseQuantity value="2" unit="g"/>'):
    return f"""<substanceAdministration moodCode="{mood}"{' negationInd="true"' if negated else ""}>
      <statusCode code="{status}"/>
      <effectiveTime xsi:type="IVL_TS"><low value="20261123"/><high value="20261228"/></effectiveTime>
      <effectiveTime xsi:type="PIVL_TS" operator="A"><period value="24" unit="h"/></effectiveTime>
      <routeCode code="C38276" displayName="{route}"/>{dose}
      <consumable><manufacturedProduct><manufacturedMaterial>
        <code code="2193" codeSystem="{RXNORM}" displayName="ceftriaxone"/>
      </manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>"""


def test_a_medicine_taken_is_history(read, section):
    patient = read(section("10160-0", medication(route="Intravenous"))).patient
    assert patient.orders == ()
    (found,) = patient.medications
    assert (found.text, found.code, found.dose_text) == (
        "ceftriaxone",
        "2193",
        "2 g Intravenous 1 time every 24 hours",
    )


def test_an_intended_infusion_is_asked_for_but_not_signed(read, section):
    package = read(section("10160-0", medication(mood="INT", route="Intravenous")))
    (order,) = package.patient.orders
    assert (order.drug, order.dose_value, order.dose_unit) == ("ceftriaxone", Decimal(2), "g")
    assert (order.frequency, order.duration) == ("1 time every 24 hours", "until 20261228")
    assert rules(package) == [("referral.order_not_ordered", Severity.INTERRUPT)]


@pytest.mark.hazard("HZ-008")
def test_an_intended_dose_without_a_unit_stops(read, section):
    package = read(section("10160-0", medication(mood="INT", route="Intravenous", dose='<doseQuantity value="2"/>')))
    assert ("referral.dose_unit_missing", Severity.BLOCK) in rules(package)


@pytest.mark.parametrize("status", ["completed", "aborted"])
def test_an_intention_that_is_over_is_history(status, read, section):
    assert read(section("10160-0", medication(mood="INT", route="Intravenous", status=status))).patient.orders == ()


def test_a_medicine_not_given_is_no_medicine(read, section):
    package = read(section("10160-0", medication(negated=True)))
    assert package.patient.medications == ()
    assert rules(package) == [("ccda.negation_unknown", Severity.INTERRUPT)]


def test_a_mixture_is_named_by_its_words(read, section):
    """HL7 example "Drug Mixture": no code, only a name."""
    named = medication().replace(
        f'<code code="2193" codeSystem="{RXNORM}" displayName="ceftriaxone"/>',
        '<code nullFlavor="OTH"/><name>diphenhydramine in lidocaine</name>',
    )
    assert read(section("10160-0", named)).patient.medications[0].text == "diphenhydramine in lidocaine"


def problem(negated=False):
    return f"""<act><statusCode code="active"/><entryRelationship><observation{' negationInd="true"' if negated else ""}>
      <effectiveTime><low value="20261106"/></effectiveTime>
      <value xsi:type="CD" code="60168000" codeSystem="{SNOMED}" displayName="Osteomyelitis">
        <translation code="M86.171" codeSystem="{ICD10}"/></value>
      </observation></entryRelationship></act>"""


def test_a_problem_prefers_its_icd_10_translation(read, section):
    (found,) = read(section("11450-4", problem())).patient.conditions
    assert (found.text, found.code, found.system) == (
        "Osteomyelitis",
        "M86.171",
        "http://hl7.org/fhir/sid/icd-10-cm",
    )
    assert (found.status, found.onset.day) == ("active", date(2026, 11, 6))


def test_a_problem_that_is_not_there_is_not_imported(read, section):
    package = read(section("11450-4", problem(negated=True)))
    assert package.patient.conditions == ()
    assert rules(package) == [("referral.condition_not_imported", Severity.INFORM)]


def result(code="29463-7", value='value="70.40" unit="kg"', status="completed"):
    return f"""<organizer><code code="46680005"/><statusCode code="completed"/><component><observation>
      <code code="{code}" codeSystem="{LOINC}"/><statusCode code="{status}"/><effectiveTime value="20261118"/>
      <value xsi:type="PQ" {value}/></observation></component></organizer>"""


def test_a_weight_is_exact_and_dated(read, section):
    (weight,) = read(section("8716-3", result())).patient.measurements
    assert weight.kind is MeasurementKind.WEIGHT
    assert (weight.value_text, weight.unit, weight.taken.day) == ("70.40", "kg", date(2026, 11, 18))


@pytest.mark.hazard("HZ-009")
@pytest.mark.parametrize(("value", "problem"), [('value="155"', "missing"), ('value="11" unit="stone"', "unknown")])
def test_a_weight_without_a_certain_unit_stops(value, problem, read, section):
    package = read(section("8716-3", result(value=value)))
    assert package.patient.measurements[0].unit == ""
    assert rules(package) == [(f"referral.weight_unit_{problem}", Severity.BLOCK)]


@pytest.mark.parametrize("unit", ["[lb_av]", "lb"])
def test_pounds_stay_pounds(unit, read, section):
    (weight,) = read(section("8716-3", result(value=f'value="155.2" unit="{unit}"'))).patient.measurements
    assert (weight.value, weight.unit) == (Decimal("155.2"), "lb")


@pytest.mark.parametrize(
    ("value", "status"),
    [('nullFlavor="NA"', "active"), ('value="1.0" unit="mg/dL"', "aborted"), ('value="NaN" unit="mg/dL"', "completed")],
)
def test_a_result_without_a_number_is_listed(value, status, read, section):
    package = read(section("30954-2", result("2160-0", value, status)))
    assert package.patient.measurements == ()
    assert "referral.measurement_not_imported" in [rule for rule, _ in rules(package)]


PAYER = """<act><entryRelationship><sequenceNumber value="1"/><act><id root="1.2" extension="G-2210"/>
  <code code="81" displayName="PPO"/><statusCode code="completed"/>
  <performer><assignedEntity><id extension="PMHP1"/><code code="PAYOR"/>
    <representedOrganization><name>Prairie Mutual</name></representedOrganization></assignedEntity></performer>
  <performer><assignedEntity><code code="GUAR"/>
    <representedOrganization><name>Somebody</name></representedOrganization></assignedEntity></performer>
  <participant typeCode="COV"><participantRole><id extension="PMH884201"/><code code="SELF" displayName="self"/>
  </participantRole></participant></act></entryRelationship></act>"""


def test_a_payer_is_read_with_its_member_number(read, section):
    (coverage,) = read(section("48768-6", PAYER)).patient.coverages
    assert (coverage.payer, coverage.payer_id, coverage.member_id) == ("Prairie Mutual", "PMHP1", "PMH884201")
    assert (coverage.group, coverage.relation, coverage.order, coverage.kind) == ("G-2210", "self", 1, "PPO")


def test_an_access_device_among_procedures(read, section):
    picc = """<procedure><code code="1" displayName="Insertion of PICC"/><statusCode code="completed"/>
      <effectiveTime value="20261116"/></procedure>"""
    other = '<procedure><code code="2" displayName="Appendectomy"/><statusCode code="completed"/></procedure>'
    package = read(section("47519-4", picc, other))
    (device,) = package.patient.access_devices
    assert (device.kind, device.state, device.placed.day) == ("picc", AccessState.IN_PLACE, date(2026, 11, 16))
    assert rules(package) == [("referral.procedure_not_imported", Severity.INFORM)]


def test_an_unknown_part_of_a_known_entry_is_listed(read, section):
    package = read(section("48765-2", allergy(extra="<methodCode code='1'/>")))
    assert [item.detail for item in package.findings] == [
        "SECTION: methodCode is not understood and kept only in the source."
    ]


def test_a_document_without_a_structured_body_is_for_a_person(document):
    text = document().replace("structuredBody", "nonXMLBody")
    package = read_referral(text.encode())
    assert rules(package)[0] == ("ccda.no_structured_body", Severity.BLOCK)


@pytest.mark.hazard("HZ-006")
def test_a_hidden_character_in_a_name_stops(document, read):
    package = read_referral(document().replace("Sampleford", "Sample\u202eford").encode())
    assert package.patient.names[0].family == "Sample[U+202E]ford"
    assert package.findings[0].rule == "text.control_character"


@pytest.mark.samples
def test_the_hl7_sample_document_is_read(shared):
    """CCD 2: no known allergies, no information on medicines, full vital signs, a pending result."""
    package = read_referral((shared / "samples" / "ccda" / "CCD2.xml").read_bytes())
    patient = package.patient
    assert (patient.names[0].family, patient.birth_date.day) == ("Jones", date(1950, 12, 19))
    assert patient.allergy_status is AllergyStatus.NONE_KNOWN
    weight = next(item for item in patient.measurements if item.kind is MeasurementKind.WEIGHT)
    height = next(item for item in patient.measurements if item.kind is MeasurementKind.HEIGHT)
    assert (weight.value, weight.unit, weight.method) == (Decimal("108.863"), "kg", "measured")
    assert (height.value, height.unit) == (Decimal("170.2"), "cm")
    assert len(patient.measurements) == 9
    assert [item.name for item in patient.contacts] == ["Boris Bo Jones", "Boris Bo Jones"]
    assert {item.detail for item in package.findings if item.rule == "ccda.no_information"} == {
        "MEDICATIONS: the sender states that there is no information.",
        "PROBLEMS: the sender states that there is no information.",
    }
    assert any("SOCIAL HISTORY" in item.detail for item in package.findings)
