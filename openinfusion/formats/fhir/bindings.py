"""The required code bindings of HL7 FHIR R4 for the elements we map, and the code systems we know.

A code outside its binding is never interpreted: it becomes a finding. Source: HL7 FHIR R4 (4.0.1) value
sets, CC0.
"""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "HL7 FHIR R4 (4.0.1)"

ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
HCPCS_SYSTEMS = (
    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "urn:oid:2.16.840.1.113883.6.285",
)
LOINC = "http://loinc.org"
NPI = "http://hl7.org/fhir/sid/us-npi"

DRUG_SYSTEMS = (RXNORM, *HCPCS_SYSTEMS)
DIAGNOSIS_SYSTEMS = (ICD10CM, "urn:oid:2.16.840.1.113883.6.90", SNOMED)
RESULT_SYSTEMS = (LOINC,)


@dataclass(frozen=True, slots=True)
class Binding:
    """The codes an element may hold."""

    element: str
    codes: frozenset[str]


def _binding(element: str, codes: str) -> Binding:
    return Binding(element, frozenset(codes.split()))


GENDER = _binding("gender", "male female other unknown")
NAME_USE = _binding("name.use", "usual official temp nickname anonymous old maiden")
ADDRESS_USE = _binding("address.use", "home work temp old billing")
CONTACT_SYSTEM = _binding("telecom.system", "phone fax email pager url sms other")
CONTACT_USE = _binding("telecom.use", "home work temp old mobile")
ALLERGY_CLINICAL = _binding("AllergyIntolerance.clinicalStatus", "active inactive resolved")
ALLERGY_VERIFICATION = _binding(
    "AllergyIntolerance.verificationStatus", "unconfirmed confirmed refuted entered-in-error"
)
ALLERGY_TYPE = _binding("AllergyIntolerance.type", "allergy intolerance")
ALLERGY_CATEGORY = _binding("AllergyIntolerance.category", "food medication environment biologic")
ALLERGY_CRITICALITY = _binding("AllergyIntolerance.criticality", "low high unable-to-assess")
REACTION_SEVERITY = _binding("AllergyIntolerance.reaction.severity", "mild moderate severe")
CONDITION_CLINICAL = _binding("Condition.clinicalStatus", "active recurrence relapse inactive remission resolved")
CONDITION_VERIFICATION = _binding(
    "Condition.verificationStatus", "unconfirmed provisional differential confirmed refuted entered-in-error"
)
OBSERVATION_STATUS = _binding(
    "Observation.status",
    "registered preliminary final amended corrected cancelled entered-in-error unknown",
)
QUANTITY_COMPARATOR = _binding("Quantity.comparator", "< <= >= >")
REQUEST_STATUS = _binding(
    "MedicationRequest.status", "active on-hold cancelled completed entered-in-error stopped draft unknown"
)
REQUEST_INTENT = _binding(
    "MedicationRequest.intent",
    "proposal plan order original-order reflex-order filler-order instance-order option",
)
STATEMENT_STATUS = _binding(
    "MedicationStatement.status",
    "active completed entered-in-error intended stopped on-hold unknown not-taken",
)
ADMINISTRATION_STATUS = _binding(
    "MedicationAdministration.status",
    "in-progress not-done on-hold completed entered-in-error stopped unknown",
)
SERVICE_STATUS = _binding("ServiceRequest.status", "draft active on-hold revoked completed entered-in-error unknown")
SERVICE_INTENT = _binding(
    "ServiceRequest.intent",
    "proposal plan directive order original-order reflex-order filler-order instance-order option",
)
PERIOD_UNIT = _binding("Timing.repeat.periodUnit", "s min h d wk mo a")
COVERAGE_STATUS = _binding("Coverage.status", "active cancelled draft entered-in-error")
PROCEDURE_STATUS = _binding(
    "Procedure.status",
    "preparation in-progress not-done on-hold stopped completed entered-in-error unknown",
)
DEVICE_STATUS = _binding("Device.status", "active inactive entered-in-error unknown")
DOCUMENT_STATUS = _binding("DocumentReference.status", "current superseded entered-in-error")
