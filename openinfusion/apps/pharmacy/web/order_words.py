"""An order in words for people: one line per field, used for the summary and for what changed between revisions."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openinfusion.core.orders.compiled import Compiled
from openinfusion.core.orders.frequency import say_frequency
from openinfusion.core.orders.model import InfusionOrder, Pca, Pump, RateStep
from openinfusion.core.units import Quantity, show
from openinfusion.platform.ui.formats import format_date
from openinfusion.platform.ui.forms.base import Text
from openinfusion.platform.ui.shapes import Fact

_BASES = {
    "absolute": gettext_lazy("a fixed amount"),
    "per_kg": gettext_lazy("for each kg of body weight"),
    "per_m2": gettext_lazy("for each m² of body surface"),
}


def quantity(value: Quantity | None) -> str:
    return show(value) if value is not None else ""


#: Words that are letters, not words.
_LETTERS = {"picc": "PICC", "pca": "PCA"}


def choice(value: str | None) -> str:
    """A choice of the order as people write it."""
    return _LETTERS.get(value, value.capitalize()) if value else ""


def listed(items: tuple[str, ...] | None) -> str:
    """ "None" only where none was said; nothing where nobody said anything."""
    if items is None:
        return ""
    return "; ".join(items) or _("None")


def _steps(steps: tuple[RateStep, ...] | None) -> str:
    return "; ".join(_step(step) for step in steps or ())


def _step(step: RateStep) -> str:
    if step.lasts is None:
        return _("%s until the bag is empty") % show(step.rate)
    return _("%(rate)s for %(time)s") % {"rate": show(step.rate), "time": show(step.lasts)}


def _pump(pump: Pump | None) -> str:
    if pump is None:
        return ""
    reservoir = _("reservoir %s") % show(pump.reservoir) if pump.reservoir else ""
    return ", ".join(filter(None, [choice(pump.type), reservoir, _pca(pump.pca)]))


def _pca(pca: Pca | None) -> str:
    if pca is None:
        return ""
    parts = (
        (_("demand dose"), pca.bolus), (_("lockout"), pca.lockout), (_("most in one hour"), pca.hourly_limit),
        (_("continuous"), pca.continuous),
    )  # fmt: skip
    return ", ".join(f"{words} {show(value)}" for words, value in parts if value is not None)


def _first_dose(value: bool | None) -> str:
    return "" if value is None else (_("Yes") if value else _("No"))


#: (field of the order, label, how to say it)
FIELDS: tuple[tuple[str, Text, Callable[[InfusionOrder], str]], ...] = (
    ("brand", gettext_lazy("Brand"), lambda o: o.brand or ""),
    ("indication", gettext_lazy("For"), lambda o: o.indication or ""),
    ("dose", gettext_lazy("Dose"), lambda o: quantity(o.dose)),
    ("dose_basis", gettext_lazy("The dose is"), lambda o: str(_BASES[o.dose_basis]) if o.dose_basis else ""),
    ("frequency", gettext_lazy("How often"), lambda o: say_frequency(o.frequency) if o.frequency else ""),
    ("route", gettext_lazy("Route"), lambda o: choice(o.route)),
    ("diluent", gettext_lazy("In"), lambda o: o.diluent or ""),
    ("volume", gettext_lazy("Volume"), lambda o: quantity(o.volume)),
    ("concentration", gettext_lazy("Concentration"), lambda o: quantity(o.concentration)),
    ("infuse_over", gettext_lazy("Infuse over"), lambda o: quantity(o.infuse_over)),
    ("rate_steps", gettext_lazy("Rate steps"), lambda o: _steps(o.rate_steps)),
    ("pump", gettext_lazy("Given with"), lambda o: _pump(o.pump)),
    ("access", gettext_lazy("Given through"), lambda o: choice(o.access)),
    ("sites", gettext_lazy("Subcutaneous sites"), lambda o: str(o.sites or "")),
    ("filter", gettext_lazy("Filter"), lambda o: o.filter or ""),
    ("flush", gettext_lazy("Flush"), lambda o: o.flush or ""),
    ("lock", gettext_lazy("Lock"), lambda o: o.lock or ""),
    ("line_shared_with", gettext_lazy("Through the same lumen"), lambda o: listed(o.line_shared_with)),
    ("premedication", gettext_lazy("Premedication"), lambda o: listed(o.premedication)),
    ("reaction_medication", gettext_lazy("Medicines for a reaction"), lambda o: listed(o.reaction_medication)),
    ("monitoring", gettext_lazy("Monitoring"), lambda o: listed(o.monitoring)),
    (
        "composition",
        gettext_lazy("Composition"),
        lambda o: "; ".join(f"{i.name} {show(i.amount)}" for i in o.composition or ()),
    ),
    ("first_dose", gettext_lazy("First dose ever at home"), lambda o: _first_dose(o.first_dose)),
    ("start_on", gettext_lazy("First day"), lambda o: format_date(o.start_on) if o.start_on else ""),
    ("stop_on", gettext_lazy("Last day"), lambda o: format_date(o.stop_on) if o.stop_on else ""),
    ("ordered_by", gettext_lazy("Ordered by"), lambda o: o.ordered_by or ""),
)
#: Fields that only some orders have: left out where nobody said anything.
_RARE = frozenset(
    {
        "brand",
        "concentration",
        "rate_steps",
        "sites",
        "lock",
        "filter",
        "composition",
        "line_shared_with",
        "infuse_over",
        "dose_basis",
    }
)


def facts_of(order: InfusionOrder, *, drug: str, compiled: Compiled | None = None) -> tuple[list[Fact], list[Fact]]:
    """The order as two columns of facts. A common field nobody filled says "Not known"."""
    facts = [Fact(label=_("Medicine"), value=drug, drug=True)]
    for name, label, words in FIELDS:
        said = words(order)
        if said or name not in _RARE:
            facts.append(Fact(label=str(label), value=said, sub=_derived(name, compiled)))
    half = (len(facts) + 1) // 2
    return facts[:half], facts[half:]


def _derived(name: str, compiled: Compiled | None) -> str:
    """What the field means for this patient, from the compiled order."""
    if compiled is None:
        return ""
    if name == "dose":
        return _("for this patient: %s") % show(compiled.label.dose)
    if name == "volume" and compiled.program.concentration:
        return quantity(compiled.program.concentration)
    if name == "infuse_over" and compiled.label.rates:
        return ", ".join(show(rate) for rate in compiled.label.rates)
    return ""


def changes(before: InfusionOrder, after: InfusionOrder) -> list[str]:
    """What differs, in words."""
    found = []
    for _name, label, words in FIELDS:
        old, new = words(before), words(after)
        if old != new:
            found.append(f"{label}: {old or _('not known')} → {new or _('not known')}")
    return found


def short_dose(order: InfusionOrder) -> str:
    """Dose and how often, for a queue."""
    return ", ".join(filter(None, [quantity(order.dose), say_frequency(order.frequency) if order.frequency else ""]))
