"""A referral comes in: read, matched with a chart, put on it, kept with its source. For upload, REST and command.

One transaction per person: all of a referral or nothing of it. The same document for the same person is received once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse

from openinfusion.apps.intake import events as kinds
from openinfusion.apps.intake.errors import TooLarge, unreadable
from openinfusion.apps.intake.models import Referral, ReferralFinding, WaitingFile
from openinfusion.apps.intake.packages import package_json
from openinfusion.apps.intake.policies import RECEIVE
from openinfusion.apps.intake.queries import referrals_in_reach
from openinfusion.apps.intake.services import completeness, persons
from openinfusion.apps.intake.services.charting import put_on_chart
from openinfusion.apps.intake.services.sources import NDJSON, Source, findings_for, split_bulk
from openinfusion.apps.patients.public import Patient
from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity, gravest_first
from openinfusion.core.identity import clean_line
from openinfusion.core.referrals import (
    PatientAssessment,
    PatientDraft,
    ReferralPackage,
    UnreadableReferral,
    assess_patient,
)
from openinfusion.formats.referral import read_bulk_folder, read_referral
from openinfusion.platform import events
from openinfusion.platform.access import Access, fetch
from openinfusion.platform.access.roles import Role
from openinfusion.platform.documents.services import safe_name
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.platform.tenancy.models import Site, Tenant
from openinfusion.platform.worklist.services import open_task

CHANNELS = ("upload", "api", "command")
#: Design proposal: how soon somebody looks at a new referral.
REVIEW_WITHIN = timedelta(hours=2)
_SEVERAL = "The file is about several people. Send one referral per person, or import the folder as a bulk export."


@dataclass(frozen=True, slots=True)
class Turned:
    """A person of a bulk export who was not taken in, and why."""

    reference: str
    sentence: str


@dataclass(frozen=True, slots=True)
class BulkReceipt:
    """What became of each person of a bulk export."""

    referrals: list[Referral]
    turned_away: list[Turned]


def receive_referral(
    content: bytes, *, file_name: str, content_type: str, channel: str, site: Site, by: Access, at: datetime
) -> list[Referral]:
    """Take in one document about one person. Unusable input is ``BadInput`` with the remedy, and stores nothing."""
    _check(channel, site, by)
    refuse_oversized(len(content))
    try:
        package = read_referral(content, filename=file_name, content_type=content_type)
    except UnreadableReferral as error:
        raise unreadable(error) from None
    if len(package.patients) != 1:
        raise BadInput({"file": f"{_SEVERAL} Nothing was stored."}, code="two_patients")
    source = Source(content, file_name, content_type, package.patient.reference, package.findings)
    return [_receive_one(package, package.patient, source, channel=channel, site=site, by=by, at=at)]


def receive_bulk(folder: str | Path, *, channel: str, site: Site, by: Access, at: datetime) -> BulkReceipt:
    """Take in every person of a folder of a FHIR Bulk Data export; one who cannot be registered is told, not hidden."""
    _check(channel, site, by)
    path = Path(folder)
    try:
        package = read_bulk_folder(path)
    except UnreadableReferral as error:
        raise unreadable(error) from None
    contents, owners = split_bulk({one.name: one.read_bytes() for one in path.iterdir() if _is_ndjson(one)})
    receipt = BulkReceipt([], [])
    for draft in package.patients:
        owner = owners.get(draft.path, draft.reference)
        findings = findings_for(owner, package.findings, owners)
        source = Source(contents.get(owner, b""), "bulk-export.ndjson", NDJSON, draft.reference, findings)
        try:
            referral = _receive_one(package, draft, source, channel=channel, site=site, by=by, at=at)
        except BadInput as error:
            receipt.turned_away.append(Turned(draft.reference, " ".join(error.fields.values())))
        else:
            receipt.referrals.append(referral)
    return receipt


def _is_ndjson(path: Path) -> bool:
    return path.is_file() and path.name.endswith((".ndjson", ".ndjson.gz"))


def refuse_oversized(size: int) -> None:
    """Stop before the document is read (HZ-098)."""
    if size > settings.UPLOAD_LIMIT_BYTES and control_is_on("HZ-098"):
        raise TooLarge()


def _check(channel: str, site: Site, by: Access) -> None:
    by.require(RECEIVE)
    if channel not in CHANNELS:
        raise ValueError(f"unknown channel {channel!r}")
    fetch(Site, by=by, pk=site.pk)
    if by.site_ids is not None and site.pk not in by.site_ids:
        raise BadInput({"site": "You do not work for this site. Choose one of yours."})


def _receive_one(
    package: ReferralPackage, draft: PatientDraft, source: Source, *, channel: str, site: Site, by: Access, at: datetime
) -> Referral:
    """One person, all or nothing. Two who send the same at the same moment get the same referral."""
    try:
        with transaction.atomic():
            Tenant.objects.select_for_update().get(pk=by.tenant_id)
            return _already(source, by) or _take_in(package, draft, source, channel=channel, site=site, by=by, at=at)
    except IntegrityError:
        found = _already(source, by)
        if found is None:
            raise
        return found


def _already(source: Source, by: Access) -> Referral | None:
    """The referral this document made for this person before."""
    wanted = {"source_sha256": source.sha256, "source_reference": _shown(source.reference)[:200]}
    row = Referral.objects.filter(tenant_id=by.tenant_id, **wanted).only("pk").first()
    if row is None:
        return None
    found = referrals_in_reach(by=by).filter(pk=row.pk).first()
    if found is None:
        raise Refused("already_received", "This document was received before, for a chart you may not open.")
    return found


def _take_in(
    package: ReferralPackage, draft: PatientDraft, source: Source, *, channel: str, site: Site, by: Access, at: datetime
) -> Referral:
    today = at.astimezone(ZoneInfo(site.time_zone)).date()
    fields = persons.registration_fields(draft, site=site)
    persons.check_identity(fields, today=today)
    assessment = assess_patient(draft, therapies=completeness.therapy_table(), today=today)
    match = persons.find_match(draft, fields, by=by)
    referral = _row(package, assessment, source, match, channel=channel, site=site, by=by, at=at)
    findings = [*source.findings, *assessment.findings, *persons.notes_on_person(draft)]
    if match.must_wait:
        _keep_files(referral, assessment.patient, source)
        findings.append(_who_is_it(len(match.possible)))
    else:
        patient, notes = _chart(match, assessment.patient, fields, by=by, at=at)
        findings += notes
        findings += _others_of(referral, patient, match)
        findings += put_on_chart(
            referral, patient, assessment.patient, files_of(assessment.patient, source), by=by, at=at
        )
    keep_findings(referral, findings)
    data = {"number": referral.number, "channel": channel, "score": referral.completeness_score}
    events.record(kind=kinds.RECEIVED, subject=referral, by=by, at=at, data=data)
    _open_review(referral, by=by, at=at)
    return referral


def _chart(
    match: persons.Match, draft: PatientDraft, fields: dict[str, Any], *, by: Access, at: datetime
) -> tuple[Patient, list[Finding]]:
    if match.same is None:
        return persons.register(fields, by=by, at=at)
    patient = fetch(Patient, by=by, pk=match.same)
    return patient, persons.add_to_chart(patient, draft, fields, by=by, at=at)


def _row(
    package: ReferralPackage, assessment: PatientAssessment, source: Source, match: persons.Match, *, channel: str,
    site: Site, by: Access, at: datetime,
) -> Referral:  # fmt: skip
    sequence = (Referral.objects.filter(tenant_id=by.tenant_id).aggregate(last=Max("sequence"))["last"] or 0) + 1
    prefix = "DEMO-R" if Tenant.objects.values_list("is_demo", flat=True).get(pk=by.tenant_id) else "R"
    outcome = Referral.Match.POSSIBLE if match.must_wait else Referral.Match.SAME if match.same else Referral.Match.NEW
    return Referral.objects.create(
        tenant_id=by.tenant_id, site=site, sequence=sequence, number=f"{prefix}-{sequence:06d}", received_at=at,
        channel=channel, sender=_shown(package.sender)[:160], source_format=package.source_format,
        source_sha256=source.sha256, source_reference=_shown(source.reference)[:200],
        subject_name=persons.shown_name(assessment.patient)[:245], patient_match=outcome,
        possible_duplicate_ids=list(match.possible), package=package_json(package, assessment.patient),
        **completeness.summary(assessment),
    )  # fmt: skip


def files_of(draft: PatientDraft, source: Source) -> list[tuple[str, str, bytes]]:
    """The source, then its attachments: (file name, content type, bytes)."""
    files = [(safe_name(source.file_name), source.content_type[:100] or "application/octet-stream", source.content)]
    for number, one in enumerate((one for one in draft.documents if one.data), start=1):
        files.append((f"attachment-{number}", one.content_type[:100] or "application/octet-stream", one.data))
    return files


def _keep_files(referral: Referral, draft: PatientDraft, source: Source) -> None:
    WaitingFile.objects.bulk_create(
        WaitingFile(
            tenant_id=referral.tenant_id,
            referral=referral,
            place=place,
            file_name=name,
            content_type=kind,
            content=content,
        )
        for place, (name, kind, content) in enumerate(files_of(draft, source))
    )


def keep_findings(referral: Referral, findings: list[Finding]) -> None:
    """Every finding as a row, gravest first, each once."""
    ReferralFinding.objects.bulk_create(
        ReferralFinding(
            tenant_id=referral.tenant_id, referral=referral, rule=one.rule[:80], severity=one.severity.value,
            subject=_shown(one.subject)[:300], detail=_shown(one.detail)[:600], source=one.source[:120],
        )
        for one in dict.fromkeys(gravest_first(findings))
    )  # fmt: skip


def _shown(text: str) -> str:
    """Text of strangers with hidden characters written out."""
    return clean_line(text).text


def _who_is_it(number: int) -> Finding:
    detail = f"This may be somebody who already has a chart ({number} to compare). Nothing is on a chart until you say who it is."
    return Finding("referral.possible_duplicate", Severity.BLOCK, "patient", detail, "HZ-002", "referral")


def _others_of(referral: Referral, patient: Patient, match: persons.Match) -> list[Finding]:
    """Other charts that look alike, and other open referrals of the same person."""
    findings = []
    if match.same is not None and match.possible:
        detail = "Another chart looks like the same person. Have it looked at."
        findings.append(Finding("referral.other_chart", Severity.INTERRUPT, "patient", detail, "HZ-002", "referral"))
    rows = Referral.objects.filter(patient=patient, status__in=("received", "in_review")).exclude(pk=referral.pk)
    for number in rows.values_list("number", flat=True)[:5]:
        detail = f"There is another open referral for this patient: {number}."
        findings.append(Finding("referral.another_open", Severity.INTERRUPT, "patient", detail, "HZ-012", "referral"))
    return findings


def _open_review(referral: Referral, *, by: Access, at: datetime) -> None:
    waits = referral.patient_id is None
    open_task(
        key=f"referral:{referral.pk}:review", owner_role=Role.INTAKE, due_at=at + REVIEW_WITHIN, by=by, at=at,
        subject=referral, url=reverse("intake:referral", args=[referral.pk]),
        title=f"Say whose referral {referral.number} is" if waits else f"Decide on referral {referral.number}",
        why=f"{referral.completeness_score} percent complete.", clears="The referral is accepted or declined.",
    )  # fmt: skip
