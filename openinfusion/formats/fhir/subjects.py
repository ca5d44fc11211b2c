"""Whose facts are these: the one patient of a referral, or the many of a bulk export.

For the reader. A resource is given to a patient only by its own reference; one that points elsewhere, or
nowhere, is never given to the patient at hand. Source: HZ-001; HL7 FHIR R4 references.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Severity
from openinfusion.core.referrals.unreadable import UnreadableReferral
from openinfusion.formats.fhir.library import Library, Pointer, Resource, peek_pointer

_SUBJECT_KEYS = ("subject", "patient", "beneficiary", "for")
_NOT_CLINICAL = frozenset({"Composition", "Device"})
_COMPANION_KEYS = ("subscriber", "policyHolder")


@dataclass(eq=False, slots=True)
class Subject:
    """A person the document is about: the Patient resource when it is there, and what belongs to them."""

    key: str
    patient: Resource | None = None
    resources: list[Resource] = field(default_factory=list)

    def of_type(self, *types: str) -> tuple[Resource, ...]:
        return tuple(resource for resource in self.resources if resource.type in types)


def divide_by_subject(library: Library, *, mapped: frozenset[str], is_bulk: bool) -> tuple[Subject, ...]:
    """Each person with the mapped resources that name them. More than one in a referral refuses it."""
    subjects = _find_subjects(library, is_bulk=is_bulk)
    if not subjects:
        raise UnreadableReferral(
            "no_patient", "The document is about no patient. A referral must hold or name one Patient."
        )
    if len(subjects) > 1 and not is_bulk and control_is_on("HZ-001"):
        raise UnreadableReferral(
            "two_patients",
            "The document is about more than one patient, so no fact can be given to one safely. "
            "Send one referral per patient, or import the folder as a bulk export.",
        )
    for resource in library.resources:
        if resource.type in mapped:
            _assign(resource, library, subjects)
    return tuple(subjects.values())


def _find_subjects(library: Library, *, is_bulk: bool) -> dict[str, Subject]:
    subjects: dict[str, Subject] = {}
    for resource in library.resources:
        pointer = _subject_pointer(resource)
        if pointer is not None and _is_patient_pointer(pointer, library, resource):
            _note(subjects, pointer, library, resource)
    companions = _companions(library)
    for patient in library.of_type("Patient"):
        if is_bulk or not (subjects and id(patient) in companions):
            subjects.setdefault(_key(patient), Subject(_key(patient), patient))
    ranks = {id(patient): rank for rank, patient in enumerate(library.of_type("Patient"))}
    return dict(sorted(subjects.items(), key=lambda item: ranks.get(id(item[1].patient), len(ranks))))


def _note(subjects: dict[str, Subject], pointer: Pointer, library: Library, home: Resource) -> None:
    found = library.find(pointer, home)
    key = _key(found) if found is not None else pointer.key
    subjects.setdefault(key, Subject(key, found))


def _key(patient: Resource) -> str:
    return patient.path or patient.reference


def _subject_pointer(resource: Resource) -> Pointer | None:
    """The reference by which a resource says whom it is about; None when it says nothing."""
    for key in _SUBJECT_KEYS:
        pointer = peek_pointer(resource.cursor.value.get(key))
        if pointer.key:
            return pointer
    return None


def _is_patient_pointer(pointer: Pointer, library: Library, home: Resource) -> bool:
    found = library.find(pointer, home)
    if found is not None:
        return found.type == "Patient"
    if pointer.literal.startswith("#"):
        return False
    return pointer.type in {"", "Patient"}


def _companions(library: Library) -> set[int]:
    """Patients who are only subscribers or linked records of the one the referral is about."""
    found: set[int] = set()
    for resource in library.of_type("Coverage", "Patient"):
        pointers: Iterable[Pointer]
        if resource.type == "Coverage":
            pointers = [peek_pointer(resource.cursor.value.get(key)) for key in _COMPANION_KEYS]
        else:
            links = resource.cursor.value.get("link")
            listed = links if isinstance(links, list) else []
            pointers = [peek_pointer(link.get("other")) for link in listed if isinstance(link, dict)]
        for pointer in pointers:
            target = library.find(pointer, resource) if pointer.key else None
            if target is not None and target.type == "Patient":
                found.add(id(target))
    return found


def _assign(resource: Resource, library: Library, subjects: dict[str, Subject]) -> None:
    """Give a resource to the person it names, or say why not."""
    pointer = _subject_pointer(resource)
    owner = None
    if pointer is not None:
        found = library.find(pointer, resource)
        owner = subjects.get(_key(found) if found is not None else pointer.key)
    if owner is not None:
        resource.is_used = True
        owner.resources.append(resource)
        return
    reason = "does not say whom it is about" if pointer is None else "is about someone or something else"
    library.log.tally(
        "fhir.subject_unknown",
        Severity.INFORM if resource.type in _NOT_CLINICAL else Severity.BLOCK,
        key=f"{resource.type} {reason}",
        subject=resource.path or resource.type,
        detail=f"{resource.type} {reason}. It is not imported; ask the sender.",
    )
    resource.is_used = True
    resource.cursor.take(*resource.cursor.value)
