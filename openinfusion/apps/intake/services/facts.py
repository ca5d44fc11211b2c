"""From a referral to the chart: allergies, conditions, medicines, measurements, lines, people and coverage.

Only what is new is added. What cannot be put on the chart becomes a finding with its place in the source (nothing is
dropped silently), and what was not said stays unknown (HZ-011): no list is marked as complete here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from openinfusion.apps.coverage.public import Payer, add_coverage, find_or_add_payer
from openinfusion.apps.patients.public import (
    AccessDevice,
    ConfirmFirst,
    Contact,
    Measurement,
    Patient,
    record_access_device,
    record_allergy,
    record_condition,
    record_contact,
    record_measurement,
    record_medication,
    set_no_known_allergies,
)
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.identity import name_key, phone_key
from openinfusion.core.referrals import (
    AccessDeviceDraft,
    AccessState,
    AllergyDraft,
    AllergyStatus,
    ConditionDraft,
    ContactDraft,
    CoverageDraft,
    MeasurementDraft,
    MeasurementKind,
    MedicationDraft,
    PartialDate,
    PatientDraft,
)
from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput, NotAllowed, NotFound, Refused

SOURCE = "referral"
SEVERITIES = ("mild", "moderate", "severe")
LIVE_CONDITIONS = frozenset({"", "active", "recurrence", "relapse"})
LIVE_MEDICINES = frozenset({"", "active", "unknown"})
LONGEST_MEMBER_ID, MOST_COVERAGES = 60, 20
MEASURED = (MeasurementKind.WEIGHT, MeasurementKind.HEIGHT, MeasurementKind.LAB, MeasurementKind.VITAL)


@dataclass(slots=True)
class ChartWriter:
    """Writes one person's facts to one chart and keeps a finding for each that did not get there."""

    patient: Patient
    by: Access
    at: datetime
    findings: list[Finding] = field(default_factory=list)

    def write(self, draft: PatientDraft) -> list[Finding]:
        self._allergies(draft)
        self._conditions(draft)
        self._medicines(draft)
        self._measurements(draft)
        self._access_devices(draft)
        self._contacts(draft)
        self._coverages(draft)
        return self.findings

    # -- Allergies -----------------------------------------------------------------------------------------------------

    def _allergies(self, draft: PatientDraft) -> None:
        if draft.allergy_status is AllergyStatus.NONE_KNOWN:
            if self.patient.allergy_status != AllergyStatus.NONE_KNOWN:
                self.attempt(
                    draft.path, "no known allergies", lambda: set_no_known_allergies(**self._who()), Severity.BLOCK
                )
            return
        active = [one for one in draft.allergies if one.is_active]
        if active and self.patient.allergy_status == AllergyStatus.NONE_KNOWN:
            detail = "The chart said no known allergies; the referral names some. They are on the chart now."
            self.tell("referral.allergies_new", Severity.INTERRUPT, active[0].path, detail)
        for one in draft.allergies:
            if one.is_active:
                self._allergy(one)
            else:
                detail = "The sender marks this allergy as no longer active. It is not on the chart; ask the patient."
                self.tell("referral.allergy_inactive", Severity.INTERRUPT, one.path, detail)

    def _allergy(self, one: AllergyDraft) -> None:
        severity = one.severity.lower()
        if severity and severity not in SEVERITIES:
            self.tell(
                "referral.severity_unknown",
                Severity.INFORM,
                one.path,
                "The severity of this allergy is not one we know.",
            )
        reactions = "; ".join(reaction.manifestation for reaction in one.reactions if reaction.manifestation)
        self.attempt(
            one.path, "allergy",
            lambda: record_allergy(
                **self._who(), substance=self.fit(one.substance, 160, one.path), reaction=self.fit(reactions, 160, one.path),
                severity=severity if severity in SEVERITIES else "", code_system=one.system[:100], code=one.code[:40],
                source=SOURCE,
            ),
            Severity.BLOCK,
        )  # fmt: skip

    # -- Conditions and medicines --------------------------------------------------------------------------------------

    def _conditions(self, draft: PatientDraft) -> None:
        past: Counter[str] = Counter()
        for one in draft.conditions:
            if one.status in LIVE_CONDITIONS:
                self._condition(one)
            else:
                past[one.status] += 1
        self._tell_past("conditions", past, draft.path)

    def _condition(self, one: ConditionDraft) -> None:
        self.attempt(
            one.path, "condition",
            lambda: record_condition(
                **self._who(), text=self.fit(one.text or one.code, 240, one.path), code_system=one.system[:100],
                code=one.code[:40], onset_on=one.onset.day if one.onset else None, source=SOURCE,
            ),
        )  # fmt: skip

    def _medicines(self, draft: PatientDraft) -> None:
        past: Counter[str] = Counter()
        for one in draft.medications:
            if one.status in LIVE_MEDICINES:
                self._medicine(one)
            else:
                past[one.status] += 1
        self._tell_past("medicines", past, draft.path)

    def _medicine(self, one: MedicationDraft) -> None:
        self.attempt(
            one.path, "medicine",
            lambda: record_medication(
                **self._who(), text=self.fit(one.text or one.code, 240, one.path),
                dose_text=self.fit(one.dose_text, 240, one.path), code_system=one.system[:100], code=one.code[:40],
                source=SOURCE,
            ),
            Severity.BLOCK,
        )  # fmt: skip

    def _tell_past(self, what: str, past: Counter[str], path: str) -> None:
        for status, number in sorted(past.items()):
            detail = f"{number} {what} with the status {status} are kept in the referral and are not on the chart."
            self.tell(f"referral.{what}_past", Severity.INFORM, path, detail)

    # -- Measurements --------------------------------------------------------------------------------------------------

    def _measurements(self, draft: PatientDraft) -> None:
        known = {_key_of(row) for row in Measurement.objects.filter(patient=self.patient)}
        others: Counter[str] = Counter()
        for one in sorted(draft.measurements, key=_moment_key):
            if one.kind not in MEASURED:
                others[one.kind.value] += 1
                continue
            self._measurement(one, known)
        for kind, number in others.items():
            detail = (
                f"{number} observations of another kind ({kind}) are kept in the referral and are not on the chart."
            )
            self.tell("referral.observation_kept", Severity.INFORM, draft.path, detail)

    def _measurement(self, one: MeasurementDraft, known: set[tuple[str, ...]]) -> None:
        body = one.kind in (MeasurementKind.WEIGHT, MeasurementKind.HEIGHT)
        test = one.kind.value if body else (one.test or one.test_text)
        value, text = (one.value, "") if one.value is not None and not one.comparator else (None, _in_words(one))
        taken_at = self.moment(one.taken)
        if body and (value is None or not one.unit):
            detail = f"This {test} has no certain number and unit. It is not on the chart; ask the sender."
            self.tell(f"referral.{test}_not_used", Severity.BLOCK, one.path, detail)
            return
        unit = (one.unit or one.unit_text) if value is not None else ""
        if (test.lower()[:80], _plain(value) or text, unit, _stamp(taken_at)) in known:
            return
        self.attempt(
            one.path, test,
            lambda: record_measurement(
                **self._who(), test=self.fit(test, 80, one.path), value=value, unit=unit, taken_at=taken_at,
                method=one.method or "unknown", source=SOURCE, text=self.fit(text, 120, one.path), code=one.code[:40],
            ),
            Severity.BLOCK if body else Severity.INTERRUPT,
        )  # fmt: skip

    def moment(self, taken: PartialDate | None) -> datetime | None:
        """The moment as sent; a day without a time is the start of that day at the patient's home."""
        if taken is None or taken.day is None:
            return None
        return taken.at or datetime.combine(taken.day, time(), ZoneInfo(self.patient.time_zone))

    # -- Lines, people, coverage ---------------------------------------------------------------------------------------

    def _access_devices(self, draft: PatientDraft) -> None:
        in_place = AccessDevice.objects.filter(patient=self.patient, removed_on=None, entered_in_error_at=None)
        known = {(row.kind, row.placed_on) for row in in_place}
        for one in draft.access_devices:
            placed = one.placed.day if one.placed else None
            if one.state is AccessState.PLANNED:
                detail = "This line is still to be placed. It is not on the chart until it is in place."
                self.tell("referral.access_planned", Severity.INFORM, one.path, detail)
            elif one.kind not in AccessDevice.Kind.values:
                detail = "The kind of this line is not told exactly. It is not on the chart; ask the sender."
                self.tell("referral.access_kind", Severity.INTERRUPT, one.path, detail)
            elif (one.kind, placed) not in known and not (placed is None and one.kind in {kind for kind, _ in known}):
                self._access_device(one, placed)

    def _access_device(self, one: AccessDeviceDraft, placed: date | None) -> None:
        self.attempt(
            one.path, "line",
            lambda: record_access_device(
                **self._who(), kind=one.kind, site=self.fit(one.site, 80, one.path), placed_on=placed
            ),
        )  # fmt: skip

    def _contacts(self, draft: PatientDraft) -> None:
        rows = Contact.objects.filter(patient=self.patient, ended_at=None)
        known = {(name_key(row.name), phone_key(row.phone)) for row in rows}
        for one in draft.contacts:
            phone = next((point.value for point in one.contact_points if point.kind in ("phone", "sms")), "")
            if not one.name:
                self.tell(
                    "referral.contact_unnamed",
                    Severity.INFORM,
                    one.path,
                    "This contact has no name and is not on the chart.",
                )
            elif (name_key(one.name), phone_key(phone)) not in known:
                self._contact(one, phone)

    def _contact(self, one: ContactDraft, phone: str) -> None:
        self.attempt(
            one.path, "contact",
            lambda: record_contact(
                **self._who(), name=self.fit(one.name, 160, one.path), relation=self.fit(one.relation, 60, one.path),
                phone=phone, is_caregiver="caregiver" in one.relation.lower(),
            ),
        )  # fmt: skip

    def _coverages(self, draft: PatientDraft) -> None:
        for one in draft.coverages:
            if one.status in ("cancelled", "draft"):
                detail = f"The sender marks this insurance as {one.status}. It is not on the chart."
                self.tell("referral.coverage_not_active", Severity.INTERRUPT, one.path, detail)
            elif not one.payer or not 0 < len(one.member_id) <= LONGEST_MEMBER_ID:
                detail = (
                    "This insurance lacks its payer or a usable member number. It is not on the chart; ask the sender."
                )
                self.tell("referral.coverage_incomplete", Severity.INTERRUPT, one.path, detail)
            else:
                self._coverage(one)

    def _coverage(self, one: CoverageDraft) -> None:
        rank = one.order if one.order is not None and 1 <= one.order <= MOST_COVERAGES else None
        self.attempt(
            one.path, "insurance",
            lambda: add_coverage(
                **self._who(), payer=self._payer(one), member_id=one.member_id, plan=self.fit(one.plan, 160, one.path),
                group_number=self.fit(one.group, 60, one.path), relation=(one.relation or "unknown")[:20], rank=rank,
                starts_on=one.start.day if one.start else None, ends_on=one.end.day if one.end else None,
            ),
        )  # fmt: skip

    def _payer(self, one: CoverageDraft) -> Payer:
        return find_or_add_payer(
            name=self.fit(one.payer, 160, one.path), by=self.by, at=self.at, payer_code=one.payer_id[:20],
            kind=one.kind[:20].lower(),
        )  # fmt: skip

    # -- Shared --------------------------------------------------------------------------------------------------------

    def tell(self, rule: str, severity: Severity, path: str, detail: str) -> None:
        self.findings.append(Finding(rule, severity, path, detail, SOURCE, SOURCE))

    def fit(self, text: str, limit: int, path: str) -> str:
        """The text as long as the chart takes it; a cut is told."""
        text = " ".join(text.split())
        if len(text) <= limit:
            return text
        self.tell(
            "referral.text_shortened",
            Severity.INTERRUPT,
            path,
            "A long text was cut on the chart. Read it in the source.",
        )
        return f"{text[: limit - 1]}…"

    def _who(self) -> dict[str, Any]:
        return {"patient": self.patient, "by": self.by, "at": self.at}

    def attempt(
        self, path: str, what: str, save: Callable[[], object], severity: Severity = Severity.INTERRUPT
    ) -> None:
        """One fact. A refusal of the chart becomes a finding; other facts go on."""
        try:
            save()
        except (NotAllowed, NotFound):
            raise
        except ConfirmFirst as error:
            detail = f"{error.findings[0].detail} It is not on the chart until a person confirms it there."
            self.tell("referral.weight_to_confirm", Severity.BLOCK, path, detail)
        except BadInput as error:
            self.tell(
                "referral.not_on_chart",
                severity,
                path,
                f"This {what} is not on the chart: {' '.join(error.fields.values())}",
            )
        except Refused as error:
            self.tell("referral.not_on_chart", severity, path, f"This {what} is not on the chart: {error.sentence}")


def _in_words(one: MeasurementDraft) -> str:
    """A result that is no plain number: ``< 0.6 mg/dL``, ``Not detected``."""
    return " ".join(part for part in (one.comparator, one.value_text, one.unit_text) if part)


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _key_of(row: Measurement) -> tuple[str, ...]:
    """What makes a measurement the same one: test, what was seen, and the moment."""
    value = row.value_seen or _plain(row.value) or row.text
    return (row.test, value, row.unit_seen or row.unit, _stamp(row.taken_at))


def _stamp(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat() if moment else ""


def _moment_key(one: MeasurementDraft) -> tuple[str, str]:
    return (one.taken.day.isoformat() if one.taken and one.taken.day else "", one.taken.text if one.taken else "")
