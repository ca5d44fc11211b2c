"""The medications sections of a C-CDA document: what the patient takes, and infusions the sender intends.

For the reader. A mixture without a code is named by its own words. Source: HL7 C-CDA R2.1 Medication
Activity.
"""

from __future__ import annotations

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Severity
from openinfusion.core.identity.texts import TextRole
from openinfusion.core.referrals.clinical import MedicationDraft
from openinfusion.core.referrals.orders import DosageDraft, OrderDraft
from openinfusion.core.referrals.partial_dates import PartialDate
from openinfusion.core.referrals.therapies import recognise_route
from openinfusion.formats.ccda.node import XSI_TYPE, Code, Node

_DRUG_SYSTEMS = ("http://www.nlm.nih.gov/research/umls/rxnorm", "urn:oid:2.16.840.1.113883.6.285")
_INTENDED = frozenset({"INT", "RQO", "PRMS", "PRP"})
_LIVE = frozenset({"active", "new", "held"})
_PERIOD_WORDS = {"h": "hours", "d": "days", "wk": "weeks", "mo": "months", "min": "minutes"}


def read_medications(section: Node) -> tuple[tuple[MedicationDraft, ...], tuple[OrderDraft, ...]]:
    """History and intended infusions of one section."""
    history: list[MedicationDraft] = []
    orders: list[OrderDraft] = []
    for entry in section.all("entry"):
        activity = entry.first("substanceAdministration")
        if activity is None:
            continue
        if activity.is_negated():
            detail = "This says a medicine is NOT given or not known. It is not imported; read it."
            activity.reading.log.add("ccda.negation_unknown", Severity.INTERRUPT, activity.path, detail)
            activity.take()
            continue
        _read_activity(activity, history, orders)
    return tuple(history), tuple(orders)


def _read_activity(activity: Node, history: list[MedicationDraft], orders: list[OrderDraft]) -> None:
    drug = _read_drug(activity)
    if not drug.text:
        detail = "A medicine has no name. It is not imported; ask what it is."
        activity.reading.log.add("ccda.medication_unnamed", Severity.INTERRUPT, activity.path, detail)
        activity.take()
        return
    status_node = activity.first("statusCode")
    status = status_node.get("code") if status_node else ""
    start, end, frequency = _read_times(activity)
    dosage = _read_dosage(activity, frequency)
    is_intended = activity.get("moodCode") in _INTENDED and status in _LIVE
    if is_intended and recognise_route(dosage.route, dosage.route_code) in {"IV", "SC"}:
        orders.append(_order(activity, drug, dosage, status, start, end))
        return
    history.append(
        MedicationDraft(
            text=drug.text,
            code=drug.code,
            system=drug.system,
            codings=drug.codings,
            dose_text=_words(dosage),
            status=status,
            recorded=start,
            path=activity.path,
        )
    )


def _order(
    activity: Node,
    drug: Code,
    dosage: DosageDraft,
    status: str,
    start: PartialDate | None,
    end: PartialDate | None,
) -> OrderDraft:
    if dosage.dose_value is not None and not dosage.dose_unit and control_is_on("HZ-008"):
        detail = "A dose has no unit. It is kept as a bare number and never used; ask for the unit."
        activity.reading.log.add("referral.dose_unit_missing", Severity.BLOCK, activity.path, detail)
    detail = "A clinical document states an intention, not a signed order. Ask for the order."
    activity.reading.log.add("referral.order_not_ordered", Severity.INTERRUPT, activity.path, detail)
    return OrderDraft(
        drug=drug.text,
        code=drug.code,
        system=drug.system,
        codings=drug.codings,
        dosages=(dosage,),
        start=start,
        end=end,
        status=status,
        intent="plan",
        path=activity.path,
    )


def _read_drug(activity: Node) -> Code:
    material = activity.first("consumable", "manufacturedProduct", "manufacturedMaterial")
    if material is None:
        return Code()
    code, name = material.first("code"), material.first("name")
    coded = code.code(TextRole.DRUG).preferring(*_DRUG_SYSTEMS) if code else Code()
    named = name.text(TextRole.DRUG) if name else ""
    return Code(coded.text or named or coded.code, coded.codings)


def _read_times(activity: Node) -> tuple[PartialDate | None, PartialDate | None, str]:
    """Start and end of the course, and the frequency in words."""
    start: PartialDate | None = None
    end: PartialDate | None = None
    frequency = ""
    for node in activity.all("effectiveTime"):
        kind = node.element.get(XSI_TYPE, "").rpartition(":")[2]
        if kind == "PIVL_TS":
            frequency = _in_words(node)
        elif kind == "EIVL_TS":
            event = node.first("event")
            frequency = event.get("code") if event else ""
        else:
            start = start or node.date()
            high = node.first("high")
            end = end or (high.date() if high else None)
    return start, end, frequency


def _in_words(node: Node) -> str:
    period = node.first("period")
    if period is None:
        return ""
    value, unit = period.decimal(), period.get("unit")
    if value is None or unit not in _PERIOD_WORDS:
        return ""
    return f"1 time every {value.normalize():f} {_PERIOD_WORDS[unit]}"


def _read_dosage(activity: Node, frequency: str) -> DosageDraft:
    dose, route, rate = (
        activity.first("doseQuantity"),
        activity.first("routeCode"),
        activity.first("rateQuantity"),
    )
    given = route.code() if route else Code()
    words = activity.first("text")
    return DosageDraft(
        text=words.text() if words else "",
        dose_value=dose.decimal() if dose else None,
        dose_unit=dose.get("unit") if dose else "",
        rate_value=rate.decimal() if rate else None,
        rate_unit=rate.get("unit") if rate else "",
        frequency=frequency,
        route=given.text,
        route_code=given.code,
    )


def _words(dosage: DosageDraft) -> str:
    amount = "" if dosage.dose_value is None else f"{dosage.dose_value} {dosage.dose_unit}".strip()
    structured = " ".join(part for part in (amount, dosage.route, dosage.frequency) if part)
    return structured or dosage.text
