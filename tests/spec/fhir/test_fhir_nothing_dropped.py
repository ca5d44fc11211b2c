"""Rule book of "nothing is dropped silently": every element not understood is listed with its path."""

from __future__ import annotations

from openinfusion.core.findings import Severity

RACE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"


def listed(package, rule="fhir.not_understood"):
    return {item.subject: item.detail for item in package.findings if item.rule == rule}


def test_a_complete_demo_referral_leaves_almost_nothing(bundle, read):
    assert list(listed(read(bundle))) == ["entry[1].resource.telecom"]


def test_an_extension_is_listed_with_its_address(bundle, read):
    bundle["entry"][0]["resource"]["extension"] = [{"url": RACE, "extension": []}]
    assert listed(read(bundle))["entry[0].resource.extension[0]"].startswith(f"Patient.extension {RACE} is not")


def test_a_whole_unknown_element_is_one_finding(bundle, read):
    bundle["entry"][0]["resource"]["maritalStatus"] = {"text": "married", "coding": [{"code": "M"}]}
    assert "entry[0].resource.maritalStatus" in listed(read(bundle))


def test_an_unknown_part_of_a_known_element_is_listed(bundle, read):
    bundle["entry"][0]["resource"]["name"][0]["period"] = {"start": "2001"}
    assert "entry[0].resource.name[0].period" in listed(read(bundle))


def test_a_primitive_s_extension_is_listed(bundle, read):
    bundle["entry"][0]["resource"]["_birthDate"] = {"extension": [{"url": "urn:x", "valueTime": "11:00:00"}]}
    assert "entry[0].resource._birthDate" in listed(read(bundle))


def test_a_repeated_gap_is_listed_once_with_its_count(bundle, read):
    for entry in bundle["entry"]:
        if entry["resource"]["resourceType"] == "Observation":
            entry["resource"]["issued"] = "2026-11-18T08:00:00Z"
    details = [text for text in listed(read(bundle)).values() if text.startswith("Observation.issued")]
    assert details == ["Observation.issued is not understood and kept only in the source. (7 times, first here)"]


def test_an_unknown_type_is_listed_once_with_its_count(bundle, read):
    bundle["entry"] += [{"resource": {"resourceType": "Immunization"}}, {"resource": {"resourceType": "Immunization"}}]
    package = read(bundle)
    assert listed(package, "fhir.type_not_read") == {
        "entry[23].resource": "Immunization is a type that is not read. It is kept only in the source. "
        "(2 times, first here)"
    }
    assert dict(package.resource_counts)["Immunization"] == 2


def test_a_resource_nobody_points_at_is_listed(bundle, read):
    bundle["entry"].append({"resource": {"resourceType": "Practitioner", "name": [{"family": "Ficton"}]}})
    assert list(listed(read(bundle), "fhir.not_linked")) == ["entry[23].resource"]


def test_a_modifier_is_never_read_over(bundle, read, resource_of):
    """FHIR: a modifier extension may turn the meaning around, so the resource is not interpreted at all."""
    resource_of("AllergyIntolerance")["modifierExtension"] = [{"url": "urn:not", "valueBoolean": True}]
    package = read(bundle)
    assert package.patient.allergies == ()
    finding = next(item for item in package.findings if item.rule == "fhir.modifier_unknown")
    assert (finding.severity, finding.subject) == (Severity.BLOCK, "entry[7].resource")


def test_implicit_rules_are_never_read_over(bundle, read, resource_of):
    resource_of("Condition")["implicitRules"] = "https://here.example.org/rules"
    assert len(read(bundle).patient.conditions) == 1


def test_a_narrative_that_says_more_is_listed(bundle, read):
    bundle["entry"][0]["resource"]["text"] = {"status": "additional", "div": "<div>deaf, use text</div>"}
    assert "entry[0].resource.text" in listed(read(bundle))
    bundle["entry"][0]["resource"]["text"]["status"] = "generated"
    assert "entry[0].resource.text" not in listed(read(bundle))


def test_a_security_label_is_listed(bundle, read):
    """42 CFR Part 2 labels travel in meta.security."""
    bundle["entry"][0]["resource"]["meta"]["security"] = [{"code": "ETHUD"}]
    assert "entry[0].resource.meta.security" in listed(read(bundle))


def test_a_wrong_shape_is_reported_and_the_rest_is_read(bundle, read):
    patient = bundle["entry"][0]["resource"]
    patient["name"] = "Marion Sampleford"
    patient["telecom"] = [7, {"system": "phone", "value": 5550101}]
    package = read(bundle)
    assert package.patient.names == ()
    assert package.patient.birth_date.text == "1961-03-04"
    assert set(listed(package, "fhir.wrong_shape")) == {
        "entry[0].resource.name",
        "entry[0].resource.telecom[0]",
        "entry[0].resource.telecom[1].value",
    }


def test_findings_come_gravest_first(bundle, read):
    bundle["entry"][0]["resource"]["birthDate"] = "1961"
    severities = [item.severity.gravity for item in read(bundle).findings]
    assert severities == sorted(severities, reverse=True)
