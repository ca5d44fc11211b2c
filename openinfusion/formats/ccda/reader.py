"""A C-CDA R2.1 document read into a referral package; sections and elements not understood are listed.

For ``formats.referral``. A section by itself, outside a ClinicalDocument, is refused: it does not say whose
it is. Source: HL7 C-CDA R2.1.
"""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import Element

from openinfusion.core.findings import Severity
from openinfusion.core.identity.texts import TextRole
from openinfusion.core.referrals.allergy_statements import StatementAt, judge_allergy_status
from openinfusion.core.referrals.clinical import AllergyDraft, MeasurementKind
from openinfusion.core.referrals.finding_log import FindingLog
from openinfusion.core.referrals.package import PatientDraft, ReferralPackage
from openinfusion.core.referrals.unreadable import UnreadableReferral
from openinfusion.formats.ccda.allergies import read_allergies
from openinfusion.formats.ccda.header import read_authors, read_patient
from openinfusion.formats.ccda.medications import read_medications
from openinfusion.formats.ccda.node import HL7, Node, Reading, list_unread, local_name
from openinfusion.formats.ccda.problems import read_access_devices, read_payers, read_problems
from openinfusion.formats.ccda.results import read_measurements
from openinfusion.formats.ccda.xml_text import parse_xml

SOURCE = "HL7 C-CDA R2.1"

ALLERGIES = frozenset({"48765-2"})
MEDICATIONS = frozenset({"10160-0", "10183-2"})
PROBLEMS = frozenset({"11450-4"})
VITALS = frozenset({"8716-3"})
RESULTS = frozenset({"30954-2"})
PAYERS = frozenset({"48768-6"})
PROCEDURES = frozenset({"47519-4", "46264-8"})
_READ = ALLERGIES | MEDICATIONS | PROBLEMS | VITALS | RESULTS | PAYERS | PROCEDURES
_HEADER_SET_ASIDE = ("code", "title", "effectiveTime", "confidentialityCode", "languageCode", "component")


def read_ccda(data: bytes) -> ReferralPackage:
    """The package of one document, or ``UnreadableReferral``."""
    return read_document(parse_xml(data))


def read_document(root: Element) -> ReferralPackage:
    """The package of a parsed document."""
    _refuse_other_roots(root)
    log = FindingLog(SOURCE)
    reading = Reading(log, _narrative(root))
    document = Node(root, "ClinicalDocument", reading)
    patient = replace(read_patient(document), prescribers=read_authors(document))
    sections = _sections(document)
    patient = _read_sections(patient, sections, log)
    custodian = document.first("custodian", "assignedCustodian", "representedCustodianOrganization", "name")
    time = document.first("effectiveTime")
    sender = custodian.text(TextRole.NAME) if custodian else ""
    _list_header(document)
    return ReferralPackage(
        source_format="ccda",
        patients=(patient,),
        findings=log.findings(),
        sender=sender,
        sent=time.date() if time else None,
        resource_counts=(("section", len(sections)),),
    )


def _refuse_other_roots(root: Element) -> None:
    if root.tag == f"{HL7}ClinicalDocument":
        return
    name = local_name(root)
    if name == "section":
        raise UnreadableReferral(
            "ccda_section",
            "This is one section, not a document: it does not say whose it is. Send the document.",
        )
    if root.tag.startswith("{http://hl7.org/fhir}"):
        raise UnreadableReferral("fhir_xml", "This is FHIR as XML. Send the same resources as FHIR JSON.")
    raise UnreadableReferral("not_ccda", "This XML is no C-CDA document (no ClinicalDocument). Send C-CDA or FHIR.")


def _narrative(root: Element) -> dict[str, str]:
    """The words of the human-readable part by their ids."""
    return {
        item: " ".join("".join(element.itertext()).split())
        for element in root.iter()
        if (item := element.get("ID")) is not None
    }


def _sections(document: Node) -> list[Node]:
    """The sections of the body, and those inside them."""
    body = document.first("component", "structuredBody")
    if body is None:
        detail = "The document has no structured body: its content can only be read by a person."
        document.reading.log.add("ccda.no_structured_body", Severity.BLOCK, "ClinicalDocument/component", detail)
        return []
    found: list[Node] = []
    pending = list(body.all("component"))
    while pending:
        component = pending.pop(0)
        for section in component.all("section"):
            found.append(section)
            pending.extend(section.all("component"))
    return found


def _read_sections(patient: PatientDraft, sections: list[Node], log: FindingLog) -> PatientDraft:
    allergies: list[AllergyDraft] = []
    statements: list[StatementAt] = []
    for section in sections:
        code_node = section.first("code")
        code = code_node.get("code") if code_node else ""
        title = section.child_text("title")
        if code not in _READ:
            _list_section(section, title, code)
            continue
        if _is_empty(section, title):
            continue
        if code in ALLERGIES:
            more, said = read_allergies(section)
            allergies += more
            statements += said
        else:
            patient = _read_section(patient, section, code)
        list_unread(section, title or code)
    status = judge_allergy_status(allergies, statements, log)
    return replace(patient, allergies=tuple(allergies), allergy_status=status)


def _read_section(patient: PatientDraft, section: Node, code: str) -> PatientDraft:
    if code in MEDICATIONS:
        history, orders = read_medications(section)
        return replace(patient, medications=(*patient.medications, *history), orders=(*patient.orders, *orders))
    if code in PROBLEMS:
        return replace(patient, conditions=(*patient.conditions, *read_problems(section)))
    if code in PAYERS:
        return replace(patient, coverages=(*patient.coverages, *read_payers(section)))
    if code in PROCEDURES:
        return replace(patient, access_devices=(*patient.access_devices, *read_access_devices(section)))
    kind = MeasurementKind.VITAL if code in VITALS else MeasurementKind.LAB
    return replace(patient, measurements=(*patient.measurements, *read_measurements(section, kind)))


def _is_empty(section: Node, title: str) -> bool:
    """No entries: the sender says "no information", or wrote words that only a person can read."""
    if section.all("entry"):
        return False
    log = section.reading.log
    if section.get("nullFlavor"):
        detail = f"{title}: the sender states that there is no information."
        log.add("ccda.no_information", Severity.INFORM, section.path, detail)
    else:
        detail = f"{title}: this section holds only words, no data. Read it in the document."
        log.add("ccda.narrative_only", Severity.INTERRUPT, section.path, detail)
    section.take()
    return True


def _list_section(section: Node, title: str, code: str) -> None:
    count = len(section.all("entry"))
    named = title or code or "A section"
    section.reading.log.add(
        "ccda.section_not_read",
        Severity.INFORM,
        section.path,
        f"{named}: this section ({count} entries) is not read and kept only in the source.",
    )
    section.take()


def _list_header(document: Node) -> None:
    for name in _HEADER_SET_ASIDE:
        for node in document.all(name):
            node.take()
    list_unread(document, "Header")
