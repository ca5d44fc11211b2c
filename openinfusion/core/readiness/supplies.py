"""Gate conditions of things: drug, pump and anaphylaxis kit. For technician and pharmacist.

Sources: design section 2.1; HZ-057 (beyond use covers the infusion), HZ-060 (no logger data means hold),
HZ-063 (kit in date at the home).
"""

from __future__ import annotations

from datetime import datetime

from openinfusion.core.controls import control_is_on
from openinfusion.core.readiness.facts import DrugFacts, VisitFacts
from openinfusion.core.readiness.verdict import Answer, at_risk, blocked, not_known, ready
from openinfusion.core.readiness.words import counted, day, moment, utc

_SEND_DOSE = "a delivery of the missing doses is recorded as received"
_NEW_DOSE = "a preparation that lasts through the infusion is in the home"


def judge_drug(facts: VisitFacts, at: datetime) -> Answer:
    drug = facts.drug
    if drug is None:
        return not_known("drug in the home:", "the delivery is recorded with lot and use-by date")
    if (presence := _drug_presence(drug, facts)) is not None:
        return presence
    if drug.on_hold is None:
        return not_known("hold or recall of the lot:", "the lot is looked up")
    if drug.on_hold:
        return blocked("the lot is on hold or recalled", "pharmacist releases or replaces the lot")
    if control_is_on("HZ-060"):
        if drug.in_temperature is None:
            return not_known("temperature on the way:", "logger data is read, or pharmacist replaces the doses")
        if not drug.in_temperature:
            return blocked(
                f"temperature left its range{_detail(drug.temperature)}",
                "pharmacist decides on the excursion or replaces the doses",
            )
    if (dating := _drug_dating(drug, facts)) is not None:
        return dating
    return ready(_drug_words(drug))


def _drug_presence(drug: DrugFacts, facts: VisitFacts) -> Answer | None:
    if drug.doses_needed is None or drug.doses_in_home is None:
        return not_known("number of doses needed and in the home:", "doses are counted")
    if drug.doses_in_home >= drug.doses_needed:
        return None
    have = f"{drug.doses_in_home} of {counted(drug.doses_needed, 'dose')} in the home"
    if drug.expected_at is None or facts.starts_at is None:
        return blocked(f"{have}, delivery not planned", _SEND_DOSE)
    due = f"{have}, delivery due {moment(drug.expected_at)}"
    if utc(drug.expected_at) >= utc(facts.starts_at):
        return blocked(f"{due}, not before the visit", "the delivery or the visit is moved")
    return at_risk(due, _SEND_DOSE)


def _drug_dating(drug: DrugFacts, facts: VisitFacts) -> Answer | None:
    if not control_is_on("HZ-057"):
        return None
    if drug.use_by is None:
        return not_known("use-by date:", "the use-by date of the lot is recorded")
    end = latest_end(facts)
    if end is None:
        return not_known("end of the infusion:", "start, rate and end of the infusion are planned")
    if utc(drug.use_by) < utc(end):
        return blocked(f"use by {moment(drug.use_by)}, infusion ends {moment(end)}", _NEW_DOSE)
    return None


def _drug_words(drug: DrugFacts) -> str:
    parts = [f"{counted(drug.doses_in_home or 0, 'dose')} in the home"]
    parts += [f"parcel {drug.parcel}"] if drug.parcel else []
    parts += [drug.temperature or "temperature in range"]
    parts += [f"use by {moment(drug.use_by)}"] if drug.use_by else []
    return "; ".join(parts)


def judge_pump(facts: VisitFacts, at: datetime) -> Answer:
    pump = facts.pump
    if pump is None or pump.identifier is None:
        return not_known("pump:", "a pump is checked out to the patient")
    name = f"pump {pump.identifier}"
    if pump.is_recalled is None or pump.in_service is None:
        return not_known(f"recall and service state of {name}:", "technician looks the pump up")
    if pump.is_recalled:
        return blocked(f"{name} is recalled", "an exchange pump is checked out")
    if not pump.in_service:
        return blocked(f"{name} is not in service", "a pump in service is checked out")
    if pump.library_version is None or pump.library_required is None:
        return not_known(f"drug library version of {name}:", "the library version is read from the pump")
    if pump.library_version != pump.library_required:
        return blocked(
            f"{name} has library {pump.library_version}, the program uses {pump.library_required}",
            "the library is updated or the pump exchanged",
        )
    return _pump_service(facts, name, f"library {pump.library_version}, no recall")


def _pump_service(facts: VisitFacts, name: str, rest: str) -> Answer:
    due = facts.pump.service_due_date if facts.pump is not None else None
    if due is None:
        return not_known(f"service date of {name}:", "the service date is recorded")
    if facts.ends_at is None or facts.infusion_ends_at is None:
        return not_known("end of the visit or of the infusion:", "start, rate and end are planned")
    text = f"{name}, service due {day(due)}"
    if due < facts.ends_at.date():
        return blocked(f"{text}, before the visit ends", "an exchange pump is checked out")
    if due < facts.infusion_ends_at.date():
        return at_risk(f"{text}, before the infusion ends", "an exchange pump is sent with the delivery")
    return ready(f"{text}, {rest}")


def judge_kit(facts: VisitFacts, at: datetime) -> Answer:
    """No infusion starts without an intact kit in date at the home (HZ-063)."""
    if not control_is_on("HZ-063"):
        return ready("anaphylaxis kit not checked")
    kit = facts.kit
    replace = "a kit with a later date is scanned at the home"
    if kit is None or kit.in_home is None:
        return not_known("anaphylaxis kit:", "a kit in date is scanned at the home")
    if not kit.in_home:
        return blocked("no anaphylaxis kit in the home", "a kit in date is scanned at the home")
    name = f"kit {kit.identifier}" if kit.identifier else "kit"
    if kit.is_intact is None:
        return not_known(f"seal of the {name}:", "the kit is looked at and its seal recorded")
    if not kit.is_intact:
        return blocked(f"{name} is opened or damaged", "an intact kit is scanned at the home")
    if kit.expires_date is None:
        return not_known(f"expiry of the {name}:", "the earliest expiry in the kit is recorded")
    end = latest_end(facts)
    if end is None:
        return not_known("end of the visit or of the infusion:", "start, rate and end are planned")
    if kit.expires_date < at.date():
        return blocked(f"{name} expired {day(kit.expires_date)}", replace)
    if kit.expires_date < end.date():
        return blocked(f"{name} expires {day(kit.expires_date)}, before the infusion ends", replace)
    return ready(f"{name}, intact, expires {day(kit.expires_date)}")


def latest_end(facts: VisitFacts) -> datetime | None:
    """The later of visit end and infusion end; None when either is not known."""
    if facts.ends_at is None or facts.infusion_ends_at is None:
        return None
    return max(facts.ends_at, facts.infusion_ends_at, key=utc)


def _detail(text: str) -> str:
    return f": {text}" if text else ""
