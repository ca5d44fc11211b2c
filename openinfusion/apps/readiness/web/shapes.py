"""The gate as the design system draws it: the same on the board, the episode page and the visit page."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.readiness.services.releases import refusal_for
from openinfusion.apps.scheduling.public import Visit
from openinfusion.core.readiness import Condition, Gate
from openinfusion.platform.access import Access
from openinfusion.platform.access.roles import TITLES, Role
from openinfusion.platform.ui import shapes
from openinfusion.platform.ui.formats import format_datetime

#: Where the owner of a condition puts it in order, by address name and what it hangs on.
_WHERE = {
    "drug": ("delivery:episode", "episode"),
    "home": ("homes:home", "episode"),
    "caregiver": ("homes:home", "episode"),
    "consent": ("patients:consent_add", "episode"),
}


def gate_shape(visit: Visit, gate: Gate, *, owners: Mapping[str, str] | None = None) -> shapes.Gate:
    """The gate with facts, owners and what clears each condition. ``owners``: names by condition, where known."""
    patient = visit.episode.patient
    when = format_datetime(visit.planned_start or visit.window_start, visit.time_zone)
    checked = format_datetime(gate.judged_at, visit.time_zone)
    footer = _("Rules: %(rules)s. Checked %(when)s.") % {"rules": gate.ruleset, "when": checked}
    if gate.not_needed:
        footer += " " + _("Not needed for this visit: %s.") % ", ".join(gate.not_needed)
    return shapes.Gate(
        verdict=gate.verdict.value,
        subject=f"{patient.full_name}, {when}",
        conditions=[_condition(visit, one, owners or {}) for one in gate.conditions],
        footer=footer,
    )


def _condition(visit: Visit, one: Condition, owners: Mapping[str, str]) -> shapes.Condition:
    name, hangs_on = _WHERE.get(one.name, ("", ""))
    return shapes.Condition(
        name=one.title, verdict=one.verdict.value, facts=sentence(one.facts),
        owner=owners.get(one.name) or owner_title(one), clears=_("clears when %s") % one.clears if one.clears else "",
        url=reverse(name, args=[visit.episode_id]) if hangs_on else "",
    )  # fmt: skip


def owner_title(one: Condition) -> str:
    """The role that owns a condition, in words."""
    return TITLES[Role(one.owner_role)]


def sentence(text: str) -> str:
    """With a capital at the start."""
    return text[:1].upper() + text[1:]


def gate_action(visit: Visit, gate: Gate, *, by: Access) -> shapes.Action:
    """The release button, or why it cannot be pressed."""
    return shapes.Action(
        label=_("Release the visit"), url=reverse("readiness:release", args=[visit.pk]), kind="block",
        refusal=refusal_for(visit, gate, by=by),
    )  # fmt: skip
