"""Problems, payers and access devices of a C-CDA document.

For the reader. Sources: HL7 C-CDA R2.1 Problem Concern Act, Coverage Activity, Policy Activity, Procedure
Activity.
"""

from __future__ import annotations

from decimal import Decimal

from openinfusion.core.findings import Severity
from openinfusion.core.identity.texts import TextRole
from openinfusion.core.referrals.access_devices import recognise_access
from openinfusion.core.referrals.clinical import AccessDeviceDraft, AccessState, ConditionDraft
from openinfusion.core.referrals.people import CoverageDraft
from openinfusion.formats.ccda.header import read_name
from openinfusion.formats.ccda.node import Code, Node

_DIAGNOSIS_SYSTEMS = ("http://hl7.org/fhir/sid/icd-10-cm",)
_STATUS_CODE = "33999-4"
_RANKS = frozenset(map(Decimal, range(1, 10)))


def read_problems(section: Node) -> tuple[ConditionDraft, ...]:
    """The conditions of the problem list."""
    found: list[ConditionDraft] = []
    for act in (entry.first("act") for entry in section.all("entry")):
        for relation in act.all("entryRelationship") if act else ():
            observation = relation.first("observation")
            condition = _read_problem(act, observation) if act and observation else None
            if condition is not None:
                found.append(condition)
    return tuple(found)


def _read_problem(act: Node, observation: Node) -> ConditionDraft | None:
    value = observation.first("value")
    problem = value.code().preferring(*_DIAGNOSIS_SYSTEMS) if value else Code()
    if observation.is_negated():
        detail = "This says a problem is NOT present. It is not imported as a condition."
        observation.reading.log.add("referral.condition_not_imported", Severity.INFORM, observation.path, detail)
        observation.take()
        return None
    onset, status = observation.first("effectiveTime"), act.first("statusCode")
    state = status.get("code") if status else ""
    for relation in observation.all("entryRelationship"):
        inner = relation.first("observation")
        code, meaning = (inner.first("code"), inner.first("value")) if inner else (None, None)
        if code is not None and meaning is not None and code.code().code == _STATUS_CODE:
            state = meaning.code().text.casefold() or state
    return ConditionDraft(
        text=problem.text or problem.code,
        code=problem.code,
        system=problem.system,
        codings=problem.codings,
        onset=onset.date() if onset else None,
        status=state,
        path=observation.path,
    )


def read_payers(section: Node) -> tuple[CoverageDraft, ...]:
    """One coverage per policy."""
    found: list[CoverageDraft] = []
    for act in (entry.first("act") for entry in section.all("entry")):
        for relation in act.all("entryRelationship") if act else ():
            policy = relation.first("act")
            if policy is not None:
                found.append(_read_policy(relation, policy))
    return tuple(found)


def _read_policy(relation: Node, policy: Node) -> CoverageDraft:
    number = relation.first("sequenceNumber")
    rank = number.decimal() if number else None
    kind, status = policy.first("code"), policy.first("statusCode")
    payer, payer_id = _read_payer(policy)
    member, relationship, subscriber = _read_member(policy)
    groups = [item.get("extension") for item in policy.all("id")]
    return CoverageDraft(
        payer=payer,
        payer_id=payer_id,
        member_id=member,
        group=next((group for group in groups if group), ""),
        relation=relationship,
        order=int(rank) if rank is not None and rank in _RANKS else None,
        kind=kind.code().text if kind else "",
        status="active" if status is not None and status.get("code") in {"completed", "active"} else "",
        subscriber=subscriber,
        path=policy.path,
    )


def _read_payer(policy: Node) -> tuple[str, str]:
    """The performer that is the payer, not the guarantor."""
    for performer in policy.all("performer"):
        entity = performer.first("assignedEntity")
        code = entity.first("code") if entity else None
        if entity is None or (code is not None and code.get("code") == "GUAR"):
            continue
        organisation = entity.first("representedOrganization", "name")
        number = entity.first("id")
        if organisation is not None:
            return organisation.text(TextRole.NAME), number.get("extension") if number else ""
    return "", ""


def _read_member(policy: Node) -> tuple[str, str, str]:
    """Member number and relation of the covered party, and the holder's name."""
    member = relationship = subscriber = ""
    for participant in policy.all("participant"):
        role = participant.first("participantRole")
        if role is None:
            continue
        number, code, name = role.first("id"), role.first("code"), role.first("playingEntity", "name")
        if participant.get("typeCode") == "COV":
            member = number.get("extension") if number else ""
            relationship = code.code().text or code.code().code if code else ""
        elif participant.get("typeCode") == "HLD" and name is not None:
            subscriber = read_name(name).display
    return member, relationship, subscriber


def read_access_devices(section: Node) -> tuple[AccessDeviceDraft, ...]:
    """Access devices among procedures and equipment; everything else of the section is listed."""
    found: list[AccessDeviceDraft] = []
    for entry in section.all("entry"):
        device = _read_access(entry)
        if device is not None:
            found.append(device)
            continue
        entry.reading.log.tally(
            "referral.procedure_not_imported",
            Severity.INFORM,
            key=section.path,
            subject=entry.path,
            detail="A procedure or device is no access device in place. It is kept only in the source.",
        )
        entry.take()
    return tuple(found)


def _read_access(entry: Node) -> AccessDeviceDraft | None:
    for name in ("procedure", "supply", "act", "observation"):
        act = entry.first(name)
        if act is None or act.is_negated():
            continue
        code, status, time = act.first("code"), act.first("statusCode"), act.first("effectiveTime")
        product = act.first("participant", "participantRole", "playingDevice", "code")
        words = [node.code().text for node in (code, product) if node is not None]
        kind = recognise_access(" ".join(words))
        is_done = status is not None and status.get("code") in {"completed", "active"}
        if kind and is_done:
            placed = time.date() if time else None
            return AccessDeviceDraft(kind, words[0], AccessState.IN_PLACE, placed, "", act.path)
    return None
