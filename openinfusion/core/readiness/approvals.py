"""Gate conditions of decisions: authorization, order, laboratory results and consent.

For biller and pharmacist. Sources: design section 2.1; HZ-021 (only the current revision counts), HZ-084
(money never blocks care by itself, and an ending authorization warns 14 days ahead).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from openinfusion.core.controls import control_is_on
from openinfusion.core.readiness.facts import AuthorizationFacts, LabFacts, LabStanding, VisitFacts
from openinfusion.core.readiness.verdict import (
    Answer,
    Verdict,
    at_risk,
    blocked,
    not_known,
    ready,
    worst,
)
from openinfusion.core.readiness.words import day, moment, number, utc

#: Source: hazards.csv HZ-084, required behaviour.
AUTHORIZATION_WARNING = timedelta(days=14)
_ASK_PAYER = "authorization is recorded, or billing decides how to go on"


def judge_authorization(facts: VisitFacts, at: datetime) -> Answer:
    """A billing problem is shown with its owner, and the visit may go on: at worst at risk (HZ-084)."""
    answer = _authorization(facts, at)
    if answer.verdict is Verdict.READY or not control_is_on("HZ-084"):
        return answer
    return Answer(Verdict.AT_RISK, answer.facts, answer.clears, answer.is_known)


def _authorization(facts: VisitFacts, at: datetime) -> Answer:
    held = facts.authorization
    if held is None or held.is_required is None:
        return not_known("authorization:", "benefits are checked with the payer")
    if not held.is_required:
        return ready("no authorization required by the payer")
    if held.status is None:
        return not_known("state of the authorization:", _ASK_PAYER)
    if held.status != "approved":
        return blocked(f"authorization is {held.status.replace('_', ' ')}", _ASK_PAYER)
    if held.starts_date is None or held.ends_date is None:
        return not_known("dates of the authorization:", "start and end date are recorded")
    if facts.starts_at is None:
        return not_known("time of the visit:", "the visit has a planned time")
    visit_date = facts.starts_at.date()
    if not held.starts_date <= visit_date <= held.ends_date:
        span = f"{day(held.starts_date)} to {day(held.ends_date)}"
        return blocked(f"authorized from {span}, visit on {day(visit_date)}", _ASK_PAYER)
    return _authorization_units(held, at)


def _authorization_units(held: AuthorizationFacts, at: datetime) -> Answer:
    if held.units_left is None or held.units_planned is None or held.ends_date is None:
        return not_known("units left:", "units left and planned are counted")
    noun = "unit" if held.units_left == 1 else "units"
    units = f"{number(held.units_left)} {noun} left, {number(held.units_planned)} planned"
    if held.units_left < held.units_planned:
        return blocked(units, "more units are requested from the payer")
    text = f"{units}, ends {day(held.ends_date)}"
    if held.ends_date - at.date() < AUTHORIZATION_WARNING:
        return at_risk(text, "renewal is requested from the payer")
    return ready(text)


def judge_order(facts: VisitFacts, at: datetime) -> Answer:
    order = facts.order
    if order is None or order.status is None or order.revision is None:
        return not_known("order:", "the infusion order is entered and verified")
    if order.status != "verified":
        return blocked(f"order is {order.status.replace('_', ' ')}", "pharmacist verifies the order")
    if order.verified_revision is None or order.verified_by is None or order.verified_at is None:
        return not_known("verification of the order:", "pharmacist verifies the order")
    if order.verified_revision != order.revision:
        return blocked(
            f"revision {order.verified_revision} is verified, revision {order.revision} is current",
            "pharmacist verifies the current revision",
        )
    if utc(order.verified_at) > utc(at):
        return not_known("verification of the order dated in the future:", "pharmacist verifies the order")
    return ready(f"revision {order.revision} by {order.verified_by}, {moment(order.verified_at)}")


def judge_labs(facts: VisitFacts, at: datetime) -> Answer:
    if facts.labs is None:
        return not_known("required laboratory tests:", "the tests the order asks for are named")
    if not facts.labs:
        return ready("no laboratory test required for this visit")
    answers = [_lab(lab, facts) for lab in facts.labs]
    verdict = worst(answer.verdict for answer in answers)
    speaking = [answer for answer in answers if answer.verdict is verdict]
    return Answer(
        verdict,
        "; ".join(answer.facts for answer in speaking),
        "; ".join(dict.fromkeys(answer.clears for answer in speaking if answer.clears)),
        all(answer.is_known for answer in answers),
    )


def _lab(lab: LabFacts, facts: VisitFacts) -> Answer:
    decide = "result or pharmacist decision"
    if lab.standing is None or lab.standing is LabStanding.MISSING:
        return not_known(f"{lab.name}", decide)
    if lab.collected_at is None:
        return not_known(f"collection time of {lab.name}:", decide)
    taken = f"{lab.name} collected {moment(lab.collected_at)}"
    if lab.standing is LabStanding.PENDING:
        return at_risk(f"{taken}, not back", decide)
    if lab.valid_until is None or facts.starts_at is None:
        return not_known(f"how long {lab.name} counts:", "the order says how old the result may be")
    if utc(lab.valid_until) < utc(facts.starts_at):
        return blocked(f"{taken}, too old for this visit since {moment(lab.valid_until)}", decide)
    if lab.is_within_limits is None:
        return not_known(f"limits for {lab.name}:", "pharmacist reads the result")
    text = f"{lab.name} {lab.result} {day(lab.collected_at)}".replace("  ", " ")
    if lab.is_within_limits:
        return ready(text)
    if lab.accepted_by:
        return ready(f"{text}, out of limits, accepted by {lab.accepted_by}")
    return blocked(f"{text}, out of limits", "pharmacist decision")


def judge_consent(facts: VisitFacts, at: datetime) -> Answer:
    consent = facts.consent
    if consent is None or consent.is_withdrawn is None:
        return not_known("consent:", "consent to treatment at home is signed")
    if consent.is_withdrawn:
        return blocked("consent was withdrawn", "patient consents again, or the visit is cancelled")
    if consent.signed_date is None:
        return not_known("signature of the consent:", "consent to treatment at home is signed")
    if consent.signed_date > at.date():
        return not_known("consent dated in the future:", "consent to treatment at home is signed")
    return ready(f"signed {day(consent.signed_date)}")
