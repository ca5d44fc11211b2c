"""Shapes referrals for their pages: the inbox, one referral, the comparison of two people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.intake.models import Referral, ReferralFinding
from openinfusion.apps.intake.packages import draft_of
from openinfusion.apps.intake.policies import RECEIVE
from openinfusion.apps.intake.services import decisions
from openinfusion.apps.intake.services.matching import Comparison
from openinfusion.apps.intake.services.persons import record_numbers
from openinfusion.apps.intake.web.sections import sections_of
from openinfusion.apps.patients.public import Episode, Patient, first_dose_clock
from openinfusion.core.identity import name_key
from openinfusion.core.referrals import PatientDraft
from openinfusion.core.states import REFERRAL, label
from openinfusion.platform import clock
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import permission
from openinfusion.platform.ui.formats import format_date, format_datetime, format_duration
from openinfusion.platform.ui.shapes import Action, Cell, Column, Fact, Filter, Row, Table
from openinfusion.platform.ui.verdicts import severity_sign
from openinfusion.rulepacks import therapies

_TABS = {"new": _("New"), "review": _("In review"), "accepted": _("Accepted"), "declined": _("Declined and closed")}
_STATE_CHIPS = {"received": "action", "in_review": "action", "accepted": "ready"}
_FORMATS = {
    "fhir-transaction": "FHIR R4 Bundle (transaction)", "fhir-message": "FHIR R4 Bundle (message)",
    "fhir-collection": "FHIR R4 Bundle (collection)", "fhir-bulk": "FHIR Bulk Data", "fhir-ndjson": "FHIR NDJSON",
    "ccda": "C-CDA",
}  # fmt: skip


# -- Inbox ---------------------------------------------------------------------------------------------------------------


def inbox_table(rows: Iterable[Referral], *, at: datetime, tab: str) -> Table:
    """Referrals with their clock and what is missing."""
    heads = (_("Patient"), _("Clock"), _("Asked for"), _("Complete"), _("Findings"), _("From"))
    return Table(
        caption=_("Referrals: %s") % _TABS[tab],
        columns=[Column(label=head) for head in heads],
        rows=[Row(cells=_inbox_cells(row, at)) for row in rows],
        empty_title=_("No referral here"),
        empty_text=_("Referrals come by upload, by the REST interface or by the import command."),
    )


def _inbox_cells(row: Referral, at: datetime) -> list[Cell]:
    patient = row.patient
    who = patient.mrn if patient else _("Known patient or new? Decide")
    blocking = getattr(row, "blocking", 0)
    return [
        Cell(
            text=patient.full_name if patient else row.subject_name or row.number,
            sub=f"{who}, {row.number}",
            url=_address(row),
        ),
        Cell(text=clock_words(row, at), sub=label(row.status)),
        Cell(text=row.requested_drug, sub=therapy_name(row.therapy_id) or _("therapy not recognised")),
        Cell(chip="ready" if not row.missing_count else "risk", chip_label=completeness_words(row))
        if row.required_count
        else Cell(),
        Cell(chip="blocked", chip_label=_("%s block") % blocking) if blocking else Cell(text=_("None blocks")),
        Cell(text=row.sender or _("Sender not named"), sub=f"{row.site.name}, {row.channel_words}"),
    ]


def inbox_filters(tab: str, counts: dict[str, int]) -> list[Filter]:
    url = reverse("intake:inbox")
    return [
        Filter(label=title, url=f"{url}?state={key}", count=counts[key], current=key == tab)
        for key, title in _TABS.items()
    ]


def completeness_words(row: Referral) -> str:
    """``20 of 24``."""
    return _("%(present)s of %(all)s") % {"present": row.present_count, "all": row.required_count}


def clock_words(row: Referral, at: datetime) -> str:
    """How long since receipt: to the decision, to the first dose, or still running."""
    if row.episode is not None:
        return format_duration(first_dose_clock(row.episode, at).elapsed)
    return format_duration((row.decided_at or at) - row.received_at)


def therapy_name(therapy_id: str) -> str:
    therapy = therapies().get(therapy_id)
    return therapy.display_name if therapy else ""


# -- One referral --------------------------------------------------------------------------------------------------------


def referral_page(row: Referral, comparisons: list[Comparison], *, by: Access, at: datetime) -> dict[str, Any]:
    """Everything the page of one referral shows."""
    draft = draft_of(row.package)
    findings = list(row.findings.order_by("pk"))
    return {
        "row": row,
        "title": _("Referral %s") % row.number,
        "chip": (_STATE_CHIPS.get(row.status, "plain"), label(row.status).capitalize()),
        "facts": _facts(row),
        "clock": clock_facts(row, at),
        "findings": _findings(findings),
        "missing": [one for one in row.missing],
        "complete": completeness_words(row) if row.required_count else "",
        "sections": sections_of(draft) if draft else [],
        "comparisons": [_comparison(row, draft, one, by) for one in comparisons],
        "must_choose": row.patient_id is None,
        "new_patient": _new_patient(row, by),
        "actions": _actions(row, by),
        "may_review": not decisions.refusal_of(row, "start_review", by=by),
    }


def _facts(row: Referral) -> list[Fact]:
    zone = row.site.time_zone
    source = reverse("intake:source", args=[row.pk])
    facts = [
        Fact(label=_("Received"), value=format_datetime(row.received_at, zone), sub=f"{row.channel_words}, {row.site.name}"),
        Fact(label=_("Sender"), value=row.sender),
        Fact(label=_("Source"), value=_FORMATS.get(row.source_format, row.source_format), sub=_("kept unchanged"), url=source),
        Fact(label=_("Chart"), value=row.get_patient_match_display()),
        Fact(label=_("Prescriber"), value=row.prescriber.name if row.prescriber else "",
             sub=f"NPI {row.prescriber.npi}" if row.prescriber and row.prescriber.npi else ""),
    ]  # fmt: skip
    if row.decided_at:
        who = f"{row.decided_by_name}, {format_datetime(row.decided_at, zone)}"
        facts.append(Fact(label=label(row.status).capitalize(), value=who, sub=row.decision_reason))
    if row.episode:
        url = reverse("patients:episode", args=[row.episode.pk])
        facts.append(Fact(label=_("Episode"), value=row.episode.number, url=url))
    return facts


def clock_facts(row: Referral, at: datetime) -> list[Fact]:
    """Received, accepted, first dose: one clock."""
    zone = row.site.time_zone
    episode = row.episode
    accepted = first = _("Not yet")
    if row.status in ("declined", "withdrawn", "duplicate"):
        accepted = first = _("Closed")
    if episode is not None:
        accepted = _after(episode.accepted_at, row.received_at) or accepted
        first = _after(episode.first_dose_at, row.received_at) or first
    return [
        Fact(label=_("Received"), value=format_datetime(row.received_at, zone)),
        Fact(label=_("Accepted"), value=accepted),
        Fact(label=_("First dose"), value=first),
        Fact(label=_("Clock"), value=clock_words(row, at)),
    ]


def _after(moment: datetime | None, start: datetime) -> str:
    return _("after %s") % format_duration(moment - start) if moment else ""


def _findings(rows: list[ReferralFinding]) -> list[dict[str, Any]]:
    """Gravest first, with their sign."""
    ordered = sorted(rows, key=lambda one: -severity_sign_weight(one.severity))
    return [{"sign": severity_sign(one.severity), "finding": one} for one in ordered]


def severity_sign_weight(severity: str) -> int:
    return {"inform": 1, "interrupt": 2}.get(severity, 3)


def _actions(row: Referral, by: Access) -> list[Action]:
    """The decision, with the sentence where it is not possible now; after it, the way on."""
    if row.episode is not None:
        return [Action(label=_("Open the episode"), url=reverse("patients:episode", args=[row.episode.pk]), kind="")]
    if REFERRAL.is_final(row.status):
        return [_step(row, "reopen", _("Open again"), by, "second")]
    return [
        Action(
            label=_("Accept"), url=reverse("intake:accept", args=[row.pk]), kind="",
            refusal=decisions.refusal_to_accept(row, by=by),
        ),
        _step(row, "decline", _("Decline"), by, "second"),
        _step(row, "withdraw", _("Withdrawn by the sender"), by, "quiet"),
        _step(row, "mark_duplicate", _("Duplicate"), by, "quiet"),
    ]  # fmt: skip


def _step(row: Referral, action: str, text: str, by: Access, kind: str) -> Action:
    url = reverse(f"intake:{action}", args=[row.pk])
    return Action(label=text, url=url, kind=kind, refusal=decisions.refusal_of(row, action, by=by))


# -- Who is it -----------------------------------------------------------------------------------------------------------


def _comparison(row: Referral, draft: PatientDraft | None, one: Comparison, by: Access) -> dict[str, Any]:
    """The referral and a chart side by side, with the reasons they look alike."""
    candidate = one.candidate
    refusal = _not_allowed(by)
    if one.patient is None:
        refusal = _("You may not open this chart. Ask a colleague of its site, or the privacy officer.")
    return {
        "title": candidate.name or _("A chart you may not open"),
        "mrn": candidate.mrn,
        "reasons": ", ".join(candidate.reasons),
        "rows": _side_by_side(draft, one.patient) if draft and one.patient else [],
        "url": reverse("intake:same", args=[row.pk, candidate.patient_id]),
        "refusal": refusal,
        "key": str(candidate.patient_id),
    }


def _side_by_side(draft: PatientDraft, patient: Patient) -> list[dict[str, Any]]:
    """Label, referral, chart, and whether they are the same."""
    name = draft.name
    address = next(iter(draft.addresses), None)
    known = ", ".join(f"{one.system}: {one.value}" for one in patient.identifiers.all() if one.kind == "record")
    pairs = [
        (_("Family name"), name.family if name else "", patient.family_name),
        (_("Given name"), " ".join(name.given) if name else "", patient.given_name),
        (_("Born"), format_date(draft.birth_date.day) if draft.birth_date and draft.birth_date.day else "",
         format_date(patient.birth_date)),
        (_("Sex"), draft.sex, "" if patient.sex == Patient.Sex.UNKNOWN else patient.sex),
        (_("Phone"), next(iter(draft.phones), ""), patient.phone),
        (_("Address"), ", ".join((*address.lines, address.city)) if address else "",
         ", ".join(filter(None, [patient.address_line, patient.city]))),
        (_("Record numbers"), ", ".join(f"{system}: {value}" for system, value in record_numbers(draft)), known),
    ]  # fmt: skip
    return [
        {"label": label, "sent": sent, "chart": chart, "word": _compared(sent, chart)} for label, sent, chart in pairs
    ]


def _compared(sent: str, chart: str) -> str:
    if not sent or not chart:
        return _("not known")
    return _("same") if name_key(sent) == name_key(chart) else _("differs")


def _new_patient(row: Referral, by: Access) -> dict[str, str]:
    return {"url": reverse("intake:new_patient", args=[row.pk]), "refusal": _not_allowed(by)}


def _not_allowed(by: Access) -> str:
    return "" if by.may(RECEIVE) else _("Your role may not do this: %s.") % permission(RECEIVE).meaning


# -- Panel ---------------------------------------------------------------------------------------------------------------


def panel_facts(row: Referral, episode: Episode) -> list[Fact]:
    """The referral on the episode page."""
    zone = episode.patient.time_zone
    return [
        Fact(label=_("Number"), value=row.number, mono=True),
        Fact(label=_("Received"), value=format_datetime(row.received_at, zone), sub=row.sender),
        Fact(label=_("Asked for"), value=row.requested_drug),
        Fact(label=_("Clock to first dose"), value=format_duration(first_dose_clock(episode, clock.now()).elapsed)),
    ]


def _address(row: Referral) -> str:
    return reverse("intake:referral", args=[row.pk])
