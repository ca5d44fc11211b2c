"""Words shared by the pages of the plan: states, kinds, who came, why a nurse cannot come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openinfusion.apps.pharmacy.public import drug_name
from openinfusion.apps.scheduling.models import Visit
from openinfusion.apps.scheduling.queries import Continuity
from openinfusion.platform.ui.shapes import Fact

STATE_WORDS = {
    "planned": gettext_lazy("No nurse yet"), "assigned": gettext_lazy("Assigned"), "confirmed": gettext_lazy("Confirmed"),
    "under_way": gettext_lazy("Under way"), "done": gettext_lazy("Done"), "signed": gettext_lazy("Signed"),
    "cancelled": gettext_lazy("Cancelled"), "missed": gettext_lazy("Missed"),
}  # fmt: skip
FILTER_WORDS = {
    "open": gettext_lazy("No nurse yet"), "assigned": gettext_lazy("Assigned"), "confirmed": gettext_lazy("Confirmed"),
    "under_way": gettext_lazy("Under way"), "done": gettext_lazy("Done"), "off": gettext_lazy("Cancelled or missed"),
}  # fmt: skip
KINDS = {
    "infusion": gettext_lazy("Infusion"), "teaching": gettext_lazy("Teaching"), "dressing": gettext_lazy("Dressing and line care"),
    "labs": gettext_lazy("Blood draw"), "assessment": gettext_lazy("Assessment"), "disconnect": gettext_lazy("Disconnect"),
}  # fmt: skip


def state_word(visit: Visit) -> str:
    return str(STATE_WORDS.get(visit.status, visit.status))


def kind_word(visit: Visit) -> str:
    return str(KINDS.get(visit.kind, visit.kind.replace("_", " ").capitalize()))


def what_of(visit: Visit) -> str:
    """Kind and drug: ``Infusion, cefTRIAXone`` (tall-man letters are set where it is shown)."""
    if visit.kind != "infusion":
        return kind_word(visit)
    first = _(", first dose") if visit.is_first_dose else ""
    return f"{kind_word(visit)}, {drug_name(visit.episode.therapy_id)}{first}"


def continuity_facts(found: Continuity) -> list[Fact]:
    """Primary nurse and who came so far; "not known" where no visit took place."""
    primary = found.primary.name if found.primary else ""
    if not found.visits:
        return [
            Fact(label=_("Primary nurse"), value=primary),
            Fact(label=_("Nurses so far"), value=_("No visit made yet")),
        ]
    share = _("%(by)d of %(all)d visits by the primary nurse") % {"by": found.by_primary, "all": found.visits}
    return [
        Fact(label=_("Primary nurse"), value=primary),
        Fact(
            label=_("Nurses so far"),
            value=str(found.nurses),
            sub=share if found.primary else _("%d visits made") % found.visits,
        ),
    ]


def grouped(reasons: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Nurse -> sentences as lines: the first sentence that stands against each nurse."""
    return [{"who": nurse, "why": (why[0] if why else "").removeprefix(f"{nurse} ")} for nurse, why in reasons.items()]
