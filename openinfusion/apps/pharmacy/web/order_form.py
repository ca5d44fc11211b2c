"""The order form: every part of the structured order, with nothing chosen beforehand, and the way to and from content."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openinfusion.apps.pharmacy.web.order_words import choice
from openinfusion.core.orders.model import AccessType, DoseBasis, PumpType, Route
from openinfusion.core.units import plain
from openinfusion.platform.errors import BadInput
from openinfusion.platform.ui.forms import (
    CheckboxesField,
    DateField,
    EnteredQuantity,
    Form,
    IntegerField,
    QuantityField,
    RadioField,
    Section,
    SelectField,
    TextField,
    YesNoUnknownField,
)

DOSE_UNITS = (
    "mg", "mcg", "g", "units", "million units", "mL", "mEq", "mmol", "kcal", "mg/kg", "mcg/kg", "g/kg", "mL/kg", "units/kg",
    "mg/m2", "g/m2", "units/m2", "mcg/kg/min", "ng/kg/min", "mg/h", "mcg/h", "mg/kg/h", "units/h", "units/kg/h", "mcg/d",
    "mg/d", "g/d", "units/d", "million units/d", "mg/m2/d",
)  # fmt: skip
RATE_UNITS = (
    "mL/h",
    "mL/min",
    "mL/kg/h",
    "mL/kg/min",
    "mL/h/site",
    "mg/min",
    "mg/h",
    "mcg/kg/min",
    "mg/kg/min",
    "mg/kg/h",
    "units/kg/h",
)
TIME_UNITS = ("min", "h")
MOST_STEPS = 6
NONE = "none"
_BASES = [
    (DoseBasis.ABSOLUTE, gettext_lazy("A fixed amount")),
    (DoseBasis.PER_KG, gettext_lazy("For each kg of body weight")),
    (DoseBasis.PER_M2, gettext_lazy("For each m² of body surface")),
]
_SCHEDULES = [
    ("interval", gettext_lazy("Again and again")),
    ("continuous", gettext_lazy("Continuous, all the time")),
    ("once", gettext_lazy("Once only")),
]
_LIST_HINT = gettext_lazy("One on each line. Write “none” when none is wanted; leave empty when not known.")


def _words(choices: type[Any]) -> list[tuple[str, str]]:
    return [(one.value, choice(one.value)) for one in choices]


class SearchForm(Form):
    drug = TextField(
        gettext_lazy("Which drug?"),
        max_length=80,
        one_script=True,
        hint=gettext_lazy("At least 4 letters of the generic name"),
    )


class ChooseForm(Form):
    """The drugs that were found, none chosen."""

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], hints: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["therapy"] = RadioField(_("Which one is it? Read the whole name"), choices, hints=hints)


class OrderForm(Form):
    """One order. A field left empty is not known; what the order needs is said by the checks."""

    brand = TextField(gettext_lazy("Brand, where it matters"), required=False, max_length=120, one_script=True)
    indication = TextField(gettext_lazy("What is it for?"), required=False, max_length=200)
    route = RadioField(gettext_lazy("Route"), _words(Route))
    dose = QuantityField(gettext_lazy("Dose"), DOSE_UNITS, required=False)
    dose_basis = RadioField(
        gettext_lazy("The dose is"),
        _BASES,
        required=False,
        hint=gettext_lazy("Said twice, here and by the unit, so that a slip shows"),
    )
    schedule = RadioField(gettext_lazy("How often?"), _SCHEDULES)
    times = IntegerField(gettext_lazy("How many times"), required=False, least=Decimal(1), width="w5")
    per = QuantityField(gettext_lazy("In each"), ("h", "d", "wk"), required=False)
    first_dose = YesNoUnknownField(gettext_lazy("Is the first dose ever given at home?"))
    start_on = DateField(gettext_lazy("First day"), required=False)
    stop_on = DateField(gettext_lazy("Last day"), required=False)
    diluent = TextField(
        gettext_lazy("Diluent"),
        required=False,
        max_length=120,
        hint=gettext_lazy("For example sodium chloride 0.9 %; “none” when given as supplied"),
    )
    volume = QuantityField(gettext_lazy("Volume to infuse"), ("mL", "L"), required=False)
    infuse_over = QuantityField(gettext_lazy("Infuse over"), TIME_UNITS, required=False)
    pump = RadioField(gettext_lazy("Given with"), _words(PumpType), required=False)
    reservoir = QuantityField(gettext_lazy("Reservoir of the device"), ("mL",), required=False)
    pca_bolus = QuantityField(gettext_lazy("Demand dose"), ("mg", "mcg"), required=False)
    pca_lockout = QuantityField(gettext_lazy("Lockout"), ("min",), required=False)
    pca_hourly_limit = QuantityField(gettext_lazy("Most in one hour"), ("mg", "mcg"), required=False)
    pca_continuous = QuantityField(gettext_lazy("Continuous rate"), ("mg/h", "mcg/h"), required=False)
    access = RadioField(gettext_lazy("Given through"), _words(AccessType), required=False)
    sites = IntegerField(gettext_lazy("Number of subcutaneous sites"), required=False, least=Decimal(1), width="w5")
    filter = TextField(gettext_lazy("Filter"), required=False, max_length=120)
    flush = TextField(gettext_lazy("Flush"), required=False, max_length=200)
    lock = TextField(gettext_lazy("Lock"), required=False, max_length=200)
    premedication = TextField(gettext_lazy("Premedication"), required=False, rows=2, max_length=1000, hint=_LIST_HINT)
    reaction_medication = TextField(
        gettext_lazy("Medicines for a reaction"), required=False, rows=2, max_length=1000, hint=_LIST_HINT
    )
    monitoring = TextField(gettext_lazy("Monitoring"), required=False, rows=2, max_length=1000, hint=_LIST_HINT)
    ordered_by = TextField(
        gettext_lazy("Ordered by"), max_length=160, hint=gettext_lazy("The prescriber, not the person who types")
    )
    reason = TextField(gettext_lazy("Why does the order change?"), max_length=300)

    sections = (
        Section(gettext_lazy("Medicine and dose"), ["brand", "indication", "route", "dose", "dose_basis"]),
        Section(gettext_lazy("When"), ["schedule", "times", "per", "first_dose", "start_on", "stop_on"]),
        Section(gettext_lazy("Preparation"), ["diluent", "volume"]),
        Section(gettext_lazy("Rate: one time for the whole dose"), ["infuse_over"]),
        Section(
            gettext_lazy("or the rate in steps"),
            [f"{part}_{n}" for n in range(1, MOST_STEPS + 1) for part in ("rate", "for")],
        ),
        Section(gettext_lazy("Device"), ["pump", "reservoir"]),
        Section(
            gettext_lazy("Patient-controlled analgesia only"),
            ["pca_bolus", "pca_lockout", "pca_hourly_limit", "pca_continuous"],
        ),
        Section(gettext_lazy("Line"), ["access", "sites", "filter", "flush", "lock", "shares_line"]),
        Section(gettext_lazy("Around the infusion"), ["premedication", "reaction_medication", "monitoring"]),
        Section(gettext_lazy("Prescriber"), ["ordered_by", "origin", "reason"]),
    )

    def __init__(self, *args: Any, other_orders: Sequence[str] = (), is_revision: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, MOST_STEPS + 1):
            self.fields[f"rate_{n}"] = QuantityField(_("Step %s: rate") % n, RATE_UNITS, required=False)
            hint = _("Leave empty when it runs until the bag is empty") if n == 1 else ""
            self.fields[f"for_{n}"] = QuantityField(
                _("Step %s: for how long") % n, TIME_UNITS, required=False, hint=hint
            )
        shared = [(NONE, _("Nothing else")), *((number, number) for number in other_orders)]
        self.fields["shares_line"] = CheckboxesField(
            _("What else runs through the same lumen?"), shared, required=False
        )
        origins = [("referral", _("A referral")), ("entered", _("A written order")), ("verbal", _("A call, read back"))]
        self.fields["origin"] = SelectField(_("The order came as"), origins)
        if not is_revision:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._clean_schedule(data)
        self._clean_steps(data)
        if NONE in (shared := data.get("shares_line") or []) and len(shared) > 1:
            self.add_error("shares_line", _("Choose “Nothing else” alone, or the orders without it"))
        return data

    def _clean_schedule(self, data: dict[str, Any]) -> None:
        """Repeated needs a number and a time; anything else must not carry them."""
        if data.get("schedule") == "interval":
            for name, words in (("times", _("Write how many times")), ("per", _("Write the time in which they fall"))):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, words)
        elif data.get("schedule"):
            for name in ("times", "per"):
                if data.get(name) is not None:
                    self.add_error(name, _("Leave this empty, or choose “Again and again”"))

    def _clean_steps(self, data: dict[str, Any]) -> None:
        """No gap between steps, no length without a rate."""
        ended = False
        for n in range(1, MOST_STEPS + 1):
            rate, lasts = data.get(f"rate_{n}"), data.get(f"for_{n}")
            if rate is None and lasts is not None and f"rate_{n}" not in self.errors:
                self.add_error(f"rate_{n}", _("Write the rate of this step"))
            if rate is not None and ended:
                self.add_error(f"rate_{n}", _("Leave no empty step before this one"))
            ended = ended or (rate is None and f"rate_{n}" not in self.errors)

    def content(self, kept: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The order content. ``kept`` holds fields this form does not show, from the revision before."""
        data = self.cleaned_data
        content = {key: value for key, value in (kept or {}).items() if key not in _SHOWN}
        content |= {
            **{name: data[name] or None for name in _TEXTS},
            **{name: _quantity(data[name]) for name in ("dose", "volume", "infuse_over")},
            **{name: _lines(data[name]) for name in ("premedication", "reaction_medication", "monitoring")},
            **{name: data[name].isoformat() if data[name] else None for name in ("start_on", "stop_on")},
            "route": data["route"], "dose_basis": data["dose_basis"] or None, "access": data["access"] or None,
            "frequency": _frequency(data), "rate_steps": _steps(data), "pump": _pump(data), "sites": data["sites"],
            "first_dose": {"yes": True, "no": False}.get(data["first_dose"]), "line_shared_with": _shared(data["shares_line"]),
        }  # fmt: skip
        return {key: value for key, value in content.items() if value is not None}


_TEXTS = ("brand", "indication", "diluent", "filter", "flush", "lock", "ordered_by")
_SHOWN = frozenset(
    {
        *_TEXTS, "dose", "volume", "infuse_over", "premedication", "reaction_medication", "monitoring", "start_on", "stop_on",
        "route", "dose_basis", "access", "frequency", "rate_steps", "pump", "sites", "first_dose", "line_shared_with",
    }
)  # fmt: skip


def _quantity(entered: EnteredQuantity | None) -> dict[str, str] | None:
    return None if entered is None else {"value": plain(entered.value), "unit": entered.unit}


def _lines(text: str) -> list[str] | None:
    """None for nothing said, an empty list for "none"."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return None
    return [] if [line.lower() for line in lines] == [NONE] else lines


def _shared(chosen: list[str]) -> list[str] | None:
    return None if not chosen else [one for one in chosen if one != NONE]


def _frequency(data: Mapping[str, Any]) -> dict[str, Any]:
    if data["schedule"] in ("continuous", "once"):
        return {data["schedule"]: True}
    return {"times": data["times"], "per": _quantity(data["per"])}


def _steps(data: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    steps = []
    for n in range(1, MOST_STEPS + 1):
        if data[f"rate_{n}"] is not None:
            lasts = _quantity(data[f"for_{n}"])
            steps.append({"rate": _quantity(data[f"rate_{n}"]), **({"for": lasts} if lasts else {})})
    return steps or None


def _pump(data: Mapping[str, Any]) -> dict[str, Any] | None:
    names = ("bolus", "lockout", "hourly_limit", "continuous")
    pca = {name: _quantity(data[f"pca_{name}"]) for name in names if data[f"pca_{name}"] is not None}
    found = {"type": data["pump"] or None, "reservoir": _quantity(data["reservoir"]), "pca": pca or None}
    return {key: value for key, value in found.items() if value is not None} or None


def initial_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows for stored content; a field that is not known stays empty."""
    frequency = content.get("frequency") or {}
    pump = content.get("pump") or {}
    first: dict[str, Any] = {
        name: content[name] for name in (*_TEXTS, "route", "dose_basis", "access", "sites") if name in content
    }
    first |= {name: _entered(content.get(name)) for name in ("dose", "volume", "infuse_over")}
    first |= {name: date.fromisoformat(content[name]) for name in ("start_on", "stop_on") if content.get(name)}
    for name in ("premedication", "reaction_medication", "monitoring"):
        if name in content:
            first[name] = "\n".join(content[name]) or NONE
    for n, step in enumerate(content.get("rate_steps") or (), start=1):
        first |= {f"rate_{n}": _entered(step["rate"]), f"for_{n}": _entered(step.get("for"))}
    for name, value in (pump.get("pca") or {}).items():
        first[f"pca_{name}"] = _entered(value)
    if "line_shared_with" in content:
        first["shares_line"] = content["line_shared_with"] or [NONE]
    if "first_dose" in content:
        first["first_dose"] = "yes" if content["first_dose"] else "no"
    schedule = next((name for name in ("continuous", "once") if frequency.get(name)), "interval" if frequency else None)
    first |= {"schedule": schedule, "times": frequency.get("times"), "per": _entered(frequency.get("per"))}
    first |= {"pump": pump.get("type"), "reservoir": _entered(pump.get("reservoir"))}
    return {name: value for name, value in first.items() if value is not None}


def _entered(value: Mapping[str, str] | None) -> EnteredQuantity | None:
    return EnteredQuantity(Decimal(value["value"]), value["unit"]) if value else None


_STEP_PATH = re.compile(r"^rate_steps\[(\d+)\](?:\.(for|rate))?")
_PATHS = (("pump.pca.", "pca_"), ("pump.reservoir", "reservoir"), ("pump", "pump"), ("line_shared_with", "shares_line"))


def field_of(path: str) -> str:
    """The field of the form for a path of the order contract, such as ``order.dose.unit``."""
    path = path.removeprefix("order.")
    if step := _STEP_PATH.match(path):
        return f"{step[2] or 'rate'}_{int(step[1]) + 1}"
    for start, name in _PATHS:
        if path.startswith(start):
            return name + path.removeprefix(start).split(".")[0] if name.endswith("_") else name
    if path.startswith("frequency"):
        return "times" if path.endswith("times") else "per"
    return re.split(r"[.\[]", path)[0]


@contextmanager
def errors_at_fields() -> Iterator[None]:
    """Problems named by contract path come back named by form field."""
    try:
        yield
    except BadInput as error:
        raise BadInput({field_of(path): sentence for path, sentence in error.fields.items()}) from error
