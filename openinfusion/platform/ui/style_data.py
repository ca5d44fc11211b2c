"""Invented people and numbers for the style page. Scene: 24-Nov-2026, 10:42 Central."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openinfusion.platform.ui import formats, icons, plan_grid
from openinfusion.platform.ui import forms as ui
from openinfusion.platform.ui.charts import RateStep
from openinfusion.platform.ui.shapes import (
    Action,
    Alarm,
    Allergy,
    BannerPatient,
    Bar,
    Cell,
    Column,
    Condition,
    Event,
    Fact,
    Filter,
    Gate,
    Infusion,
    Link,
    Point,
    Row,
    ShownFinding,
    Step,
    Table,
    Vital,
)
from openinfusion.platform.ui.verdicts import sign_of

ZONE = "America/Chicago"
NOW = datetime(2026, 11, 24, 16, 42, tzinfo=UTC)


class StyleForm(ui.Form):
    """One of each field."""

    sections = (
        ui.Section("Power and storage", ["outlet", "fridge", "lock"]),
        ui.Section("Person and dose", ["name", "born", "weight", "dose", "given_at", "start_time", "therapy"]),
    )
    outlet = ui.YesNoUnknownField(
        "Is there a grounded outlet near the chair or bed?", hint="Three holes, within 2 m. No extension cord."
    )
    fridge = ui.DecimalField(
        "What is the refrigerator temperature?",
        hint="Read the thermometer on the middle shelf.",
        missing="Write the refrigerator temperature",
        suffix="°C",
        width="w5",
        least=Decimal(-30),
        most=Decimal(60),
    )
    lock = ui.RadioField(
        "Can controlled medicines be locked away?",
        [("yes", "Yes"), ("no", "No"), ("not_needed", "Not needed for this order")],
        hints={"yes": "A box or a cupboard with a key."},
        reveals={"no": "lock_plan"},
    )
    lock_plan = ui.TextField("What will be done, and by when?", rows=3, required=False)
    name = ui.TextField("Name of the caregiver", one_script=True, width="w20")
    born = ui.DatePartsField("Date of birth", required=False)
    weight = ui.QuantityField("Weight", ["kg", "[lb_av]"], places=1)
    dose = ui.QuantityField("Dose", ["mg", "g", "ug", "[iU]"], hint="As the prescriber wrote it.")
    given_at = ui.DateTimeField("First dose given", zone=ZONE, required=False)
    start_time = ui.TimeField("Visit starts at", required=False)
    therapy = ui.SelectField("Kind of therapy", [("anti-infective", "Anti-infective"), ("nutrition", "Nutrition")])
    days = ui.CheckboxesField("Days that suit", [("mon", "Monday"), ("tue", "Tuesday")], required=False)
    agreed = ui.CheckField("The caregiver agrees to text messages")


def context() -> dict[str, Any]:
    """Everything the style page shows."""
    return {
        "now": NOW,
        "today": NOW.date(),
        "zone": ZONE,
        "icon_names": icons.NAMES,
        "nav_groups": _navigation(),
        "search_url": "/style/",
        "me": {"name": "Dana Fabel, PharmD", "role": "Pharmacist"},
        "program": {"name": "Juniper Valley Home Infusion", "is_demo": True},
        **_care(),
        **_live(),
        **_business(),
    }


def _navigation() -> list[dict[str, Any]]:
    def item(label: str, count: int | None = None, current: bool = False) -> dict[str, Any]:
        return {"label": label, "url": "#main", "count": count, "current": current}

    return [
        {"title": "Today", "items": [item("Readiness board", 18, True), item("Planning board", 3)]},
        {"title": "Pharmacy", "items": [item("Verification queue", 7), item("Program overview")]},
    ]


_CONDITIONS = (
    Condition(name="Order verified", verdict="ready", facts="Version 3 by Dana Fabel, PharmD, 22-Nov-2026 15:20"),
    Condition(name="Drug in the home", verdict="ready", facts="Logger 2.9 to 6.4 °C; use by 04-Dec-2026 12:00"),
    Condition(
        name="Anaphylaxis kit",
        verdict="blocked",
        facts="Kit DK-0931 expired 21-Nov-2026. The order needs a kit in date.",
        owner="Samir Contoso",
        clears="replaces the kit. Clears when a kit with a later date is scanned at the home.",
    ),
    Condition(
        name="Labs", verdict="risk", facts="Potassium drawn 07:10, not back", owner="Dana Fabel", clears="result"
    ),
    Condition(name="Home", verdict="", facts="", owner="Olive Planner", clears="assessment by phone"),
)


def _care() -> dict[str, Any]:
    names = (
        "Referral",
        "Benefits",
        "Home",
        "Verified",
        "Compounded",
        "Delivered",
        "Ready",
        "Visit",
        "Watched",
        "Claim",
    )
    states = ("done",) * 8 + ("now", "ahead")
    return {
        "patient": BannerPatient(
            family="Testwell",
            given="Ambrose",
            salutation="Mr",
            note="interpreter not needed",
            mrn="DEMO-003982",
            born=date(1954, 9, 2),
            sex="Male",
            weight_kg=Decimal(84),
            weighed_on=date(2026, 11, 23),
            allergies=(
                Allergy(substance="cefazolin", reaction="anaphylaxis", since="2019"),
                Allergy(substance="iodine contrast"),
            ),
        ),
        "steps": [Step(label=label, state=state) for label, state in zip(names, states, strict=True)],
        "filters": [
            Filter(label="All visits", url="#s2", count=18, current=True),
            Filter(label="Blocked", url="#s2", count=3, icon="blocked"),
            Filter(label="At risk", url="#s2", count=4, icon="risk"),
            Filter(label="Ready", url="#s2", count=11, icon="ready"),
        ],
        "gate": Gate(
            verdict="blocked",
            subject="PRETENDO, Hana, 25-Nov-2026 08:30",
            conditions=_CONDITIONS,
            footer="Gate rules 2026.4, checked 24-Nov-2026 10:38 from 31 events.",
            footer_link=Link(text="See the events", url="#main"),
        ),
        "release": Action(
            label="Release the visit",
            name="release",
            kind="block",
            refusal="The visit cannot be released: the anaphylaxis kit expired on 21-Nov-2026.",
        ),
        "table": _queue(),
        "findings": _findings(),
        "not_checked": ["pregnancy (not applicable)"],
        "events": _events(),
        "facts_left": _facts_left(),
        "facts_right": _facts_right(),
        "next_visit": datetime(2026, 12, 15, 15, tzinfo=UTC),
        "window": formats.format_patient_window(time(9), time(10)),
    }


def _queue() -> Table:
    ready = tuple(Condition(name="", verdict="ready") for _ in range(10))

    def row(at: str, who: str, verdict: str, drug: str, why: str, owner: str, selected: bool = False) -> Row:
        marks = {"blocked": _CONDITIONS, "risk": (*ready[:8], *_CONDITIONS[3:4])}.get(
            verdict, ready if verdict == "ready" else (*ready[:9], _CONDITIONS[4])
        )
        cells = (
            Cell(text=at),
            Cell(text=who, sub="DEMO-005120", url="#g1"),
            Cell(chip=verdict, dots=marks),
            Cell(drug=drug, text="400 mg in 250 mL", sub="Priya Notional, RN"),
            Cell(text=why, sub=owner),
        )
        return Row(cells=cells, is_selected=selected, header_at=1)

    return Table(
        caption="Visits on 25-Nov-2026 with readiness verdict, reason and owner",
        columns=(
            Column(label="Time", nowrap=True),
            Column(label="Patient"),
            Column(label="Verdict"),
            Column(label="Treatment, nurse"),
            Column(label="Why, and who clears it"),
        ),
        rows=(
            row("08:30", "PRETENDO, Hana", "blocked", "infliximab", "Kit expired 21-Nov-2026", "Samir Contoso", True),
            row("09:00", "PLACEHOLT, Theodore", "risk", "parenteral nutrition", "Potassium not back", "Dana Fabel"),
            row("09:00", "LEGENDRE, Cosima", "ready", "immune globulin 10 %", "All 10 conditions met", "10:38"),
            row("15:30", "SPECIMEN, Walter", "unknown", "methylprednisolone", "", "Bea Counter, biller"),
        ),
        more="14 more below: 10 ready, 3 at risk, 1 blocked.",
        more_link=Link(text="Show all 18", url="#s2"),
    )


def _findings() -> list[ShownFinding]:
    return [
        ShownFinding(
            severity="inform",
            detail="cefazolin anaphylaxis in 2019 does not cross with this class. Kit is on the pick list.",
            datum=Link(text="allergy list, confirmed 23-Nov-2026", url="#main"),
            rule=Link(text="allergy.cross v7", url="#main"),
            source=Link(text="cross-reactivity table, grade B"),
        ),
        ShownFinding(
            severity="block",
            detail="CPK is not known. This order needs a baseline CPK before the first dose.",
            datum=Link(text="CPK, no result on file", url="#main"),
            rule=Link(text="labs.baseline-cpk v3", url="#main"),
            source=Link(text="label 5.2"),
            actions=(Link(text="Order CPK", url="#main"), Link(text="Enter an outside result", url="#main")),
        ),
        ShownFinding(
            severity="interrupt",
            detail="Simvastatin with daptomycin: muscle injury. Hold the statin or watch CPK twice a week.",
            datum=Link(text="simvastatin 40 mg, reported 23-Nov-2026", url="#main"),
            rule=Link(text="interaction.statin v5", url="#main"),
            source=Link(text="label 7.1; interactions table row 41"),
            reason_field="reason_statin",
        ),
        ShownFinding(
            severity="interrupt",
            detail="Creatinine clearance is 47 mL/min, down from 61 mL/min in 9 days.",
            datum=Link(text="creatinine 1.7 mg/dL, 23-Nov-2026 06:40", url="#main"),
            rule=Link(text="renal.trend v2", url="#main"),
            source=Link(text="Cockcroft-Gault, actual weight 84 kg"),
            reason="Recheck 27-Nov-2026, prescriber called 09:20.",
            reason_by="Dana Fabel",
        ),
    ]


def _events() -> list[Event]:
    return [
        Event(say="Creatinine due", at=datetime(2026, 11, 27, 15, tzinfo=UTC), sub="Home draw", state="ahead"),
        Event(say="Rate raised to 120 mL/h", when="today 10:30", sub="Tess Invente, RN", state="now"),
        Event(say="Delivered, in temperature", at=datetime(2026, 11, 23, 20, 50, tzinfo=UTC), sub="20.4 to 23.8 °C"),
        Event(say="Delivery failed, nobody home", at=date(2026, 11, 22), sub="Driver called twice", state="stop"),
    ]


def _facts_left() -> list[Fact]:
    return [
        Fact(label="Medicine", value="immune globulin 10 %", sub="Brand as dispensed: Examplegam", drug=True),
        Fact(label="Dose", value=formats.format_quantity(24, "g"), sub="0.4 g per kg, weight 60.2 kg"),
        Fact(label="Strength", value=formats.format_strength(100, "mg", 1, "mL")),
        Fact(label="Route", value="intravenous, peripheral", change=Link(text="Change", url="#main")),
    ]


def _facts_right() -> list[Fact]:
    return [
        Fact(label="Before", value="diphenhydramine", sub="25 mg by mouth", drug=True),
        Fact(label="Lot", value="XG26K0417", sub="4 vials, expires 30-Jun-2027", mono=True),
        Fact(label="Pump", value=None, sub="no read-back yet"),
        Fact(label="Prescriber", value="Dr Noah Pretend", url="#main", sub="neurology, NPI on file"),
    ]


def _live() -> dict[str, Any]:
    at = NOW - timedelta(minutes=2, seconds=14)
    take = (Action(label="Take it", kind="grave", name="take"), Action(label="Call 555-0177", url="tel:5550177"))
    return {
        "alarms": [
            Alarm(
                priority="high",
                what="Line blocked towards the patient",
                who="MOCKRIDGE, Odalys",
                mrn="DEMO-001946",
                therapy="dobutamine 500 mg in 250 mL, continuous. Delivery stopped.",
                age=NOW - at,
                device="Pump CB-1988",
                device_at=at,
                received_at=at + timedelta(seconds=2),
                first_act="open clamp, look for kinks; back-up pump if not cleared in 5 min.",
                actions=take,
            ),
            Alarm(
                priority="medium",
                what="Battery low",
                who="NOTREAL, Jun",
                mrn="DEMO-004410",
                therapy="ceftriaxone 2 g in 50 mL, 18 min left.",
                age=timedelta(hours=1, minutes=6, seconds=31),
                is_late=True,
                device="Pump CB-2043",
                device_at=NOW - timedelta(minutes=66),
                received_at=NOW - timedelta(seconds=30),
                first_act="plug in or change cells now.",
                owner="Ada Watchful, RN",
                owner_since="took it 10:36",
                actions=(Action(label="Note a call", name="note"), Action(label="Hand over", name="hand_over")),
            ),
            Alarm(
                priority="low",
                what="Bag near its end",
                who="STORYLINE, Mae",
                mrn="DEMO-002222",
                therapy="hydration 1,000 mL, 60 mL left.",
                age=timedelta(minutes=11, seconds=50),
                owner="caregiver",
                owner_since="told by text 10:31",
            ),
        ],
        "running": Infusion(
            rate_ml_h=Decimal(120),
            given_ml=Decimal(69),
            total_ml=Decimal(240),
            left=timedelta(minutes=59),
            next_at="11:00",
            next_rate_ml_h=Decimal(180),
            message_age_s=12,
            last_at="10:41",
            last_known="120 mL/h, 69 mL given",
        ),
        "silent": Infusion(message_age_s=3340, last_at="09:46", last_known="167 mL/h, 1,410 mL given"),
        "vitals": [
            _vital("Pulse", "per min", (60, 100), "78 80 79 84 88 86 91 104 112 108 96 92 90 88 87 86"),
            _vital("SpO₂", "%", (94, 100), "97 97 96 97 96 95 93 95 96 96", gap_after=6),
        ],
        "no_vital": Vital(label="Pulse", unit="per min", points=()),
        "lanes": _lanes(),
        "board": plan_grid.LONG_DAY,
        "rate_steps": [RateStep(rate_ml_h=Decimal(rate), minutes=Decimal(30)) for rate in (30, 60, 120, 180, 240)],
    }


def _vital(label: str, unit: str, band: tuple[int, int], values: str, gap_after: int = 99) -> Vital:
    points = [
        (index * 300 + (3000 if index > gap_after else 0), Decimal(value)) for index, value in enumerate(values.split())
    ]
    return Vital(label=label, unit=unit, points=points, band=(Decimal(band[0]), Decimal(band[1])), gap_s=900)


def _lanes() -> list[dict[str, Any]]:
    place = plan_grid.LONG_DAY.placed

    def visit(start: time, end: time, who: str, text: str, verdict: str = "ready") -> dict[str, Any]:
        sign = sign_of(verdict)
        at = formats.format_time(start)
        return {"css": place(start, end), "at": at, "who": who, "text": text, "verdict": verdict, "word": sign.word}

    def travel(start: time, end: time, text: str, short: bool = False) -> dict[str, Any]:
        return {"kind": "travel", "css": place(start, end), "text": text, "short": short}

    joel = [
        travel(time(8, 15), time(9), "44"),
        visit(time(9), time(10, 30), "Placeholt", "potassium not back", "risk"),
        travel(time(10, 30), time(11, 15), "41"),
        visit(time(11, 15), time(12, 30), "Mockridge", "pump exchange"),
        travel(time(12, 30), time(13), "38 in 30", short=True),
        visit(time(13), time(14), "Testwell", "order not verified", "blocked"),
    ]
    off = {"kind": "off", "css": place(time(6), time(22)), "at": "06:00", "text": "Off today: sick. 2 visits moved."}
    return [
        {"who": "Joel Makebelieve, RN", "note": "3 visits, 88 km", "items": joel},
        {"who": "Gus Fictive, RN", "note": "called off at 06:50", "items": [off]},
    ]


def _business() -> dict[str, Any]:
    months = ("Jun", "Jul", "Aug", "Sep", "Oct", "Nov")
    rates = ("0.63", "0", "0.61", None, "0", "0")
    days = (1580, 1610, 1633, 1690, 1712, 1615)
    return {
        "bars": [
            Bar(
                label="Home, this program",
                value=Decimal(131),
                text="131 (104 to 168)",
                low=Decimal(104),
                high=Decimal(168),
            ),
            Bar(label="Home, published", value=Decimal(122), text="122 (one value, no range)", is_published=True),
            Bar(label="Hospital, published", value=Decimal(798), text="798 (one value, no range)", series=3),
        ],
        "points": [
            Point(label=month, value=Decimal(rate) if rate is not None else None, n=n)
            for month, rate, n in zip(months, rates, days, strict=True)
        ],
        "published": Decimal("0.2"),
    }
