"""How complete a referral is for each therapy it asks for, and the text that tells the sender what to send."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from openinfusion.apps.intake.models import Referral
from openinfusion.core.referrals import Completeness, PatientAssessment, TherapyEntry, read_therapies
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.rulepacks import load_table, therapies


@dataclass(frozen=True, slots=True)
class Missing:
    """One element that is missing for one of the orders: order 0 is the least complete."""

    order: int
    therapy_id: str
    drug: str
    element: str
    title: str
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ReferralCompleteness:
    """The score of the least complete order, in percent rounded down, and everything missing."""

    score: int | None
    present: int
    required: int
    missing: tuple[Missing, ...]

    @property
    def is_complete(self) -> bool:
        return self.required > 0 and not self.missing


@functools.cache
def therapy_table() -> tuple[TherapyEntry, ...]:
    return read_therapies([row.fields for row in load_table("therapies")])


def summary(assessment: PatientAssessment) -> dict[str, Any]:
    """The fields of the row: therapy and drug asked for, score, and what is missing, least complete order first."""
    orders = sorted(assessment.orders, key=lambda one: one.score)
    recognised = {one.therapy_id for one in orders if one.therapy_id}
    drugs = dict.fromkeys(one.order.drug for one in assessment.orders if one.order and one.order.drug)
    return {
        "therapy_id": recognised.pop() if len(recognised) == 1 else "",
        "requested_drug": "; ".join(drugs)[:240],
        "completeness_score": orders[0].score,
        "required_count": orders[0].required,
        "missing": [row for place, order in enumerate(orders) for row in _rows(place, order)],
    }


def _rows(place: int, order: Completeness) -> list[dict[str, Any]]:
    drug = order.order.drug if order.order else ""
    return [
        {
            "order": place, "therapy_id": order.therapy_id, "drug": drug, "element": one.element, "title": one.title,
            "reason": one.reason, "sentence": one.sentence,
        }
        for one in order.missing
    ]  # fmt: skip


def completeness_of(referral: Referral) -> ReferralCompleteness:
    """What the referral had when it came."""
    return ReferralCompleteness(
        score=referral.completeness_score,
        present=referral.present_count,
        required=referral.required_count,
        missing=tuple(Missing(**row) for row in referral.missing),
    )


def what_to_send(referral: Referral) -> str:
    """Plain text for the sender, to copy into a message: what is missing and where to send it. It names no patient."""
    program = Tenant.objects.get(pk=referral.tenant_id)
    sentences = list(dict.fromkeys(one["sentence"] for one in referral.missing))
    therapy = therapies().get(referral.therapy_id)
    subject = therapy.generic if therapy else referral.requested_drug or _("home infusion")
    lines = [_("Our number %(number)s: your referral for %(what)s.") % {"number": referral.number, "what": subject}, ""]
    if sentences:
        lines.append(_("%(count)s of %(all)s items are still missing:") % {
            "count": referral.missing_count, "all": referral.required_count,
        })  # fmt: skip
        lines += [f"{number}. {sentence}" for number, sentence in enumerate(sentences, start=1)]
    else:
        lines.append(_("Every item we ask for is there. Thank you."))
    lines += ["", _("Please send it to %(program)s and give our number.") % {"program": program.name}]
    if phone := referral.site.phone or program.phone:
        lines.append(_("Phone: %s") % phone)
    return "\n".join(lines)
