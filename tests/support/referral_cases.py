"""Referral documents of invented people: small Bundles made by hand, and demo Bundles with one thing changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from openinfusion.demo_data.referrals import load_referral

JSON = "application/fhir+json"

PERSON: dict[str, Any] = {
    "resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1961-03-14",
    "name": [{"family": "Sampleford", "given": ["Marigold"]}],
    "telecom": [{"system": "phone", "value": "217-555-0142"}],
}  # fmt: skip
ABOUT = {"reference": "Patient/p1"}


def weight(value: str, **quantity: str) -> dict[str, Any]:
    """A body weight of 2026-11-20; ``unit`` and ``code`` as the sender wrote them."""
    coded = {"system": "http://unitsofmeasure.org"} if "code" in quantity else {}
    return {
        "resourceType": "Observation", "status": "final", "subject": ABOUT, "effectiveDateTime": "2026-11-20",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}], "text": "Body weight"},
        "valueQuantity": {"value": float(value), **quantity, **coded},
    }  # fmt: skip


def bundle(*resources: dict[str, Any], person: dict[str, Any] | None = None, **changed: Any) -> bytes:
    """A collection Bundle about one person; ``changed`` replaces elements of the Patient."""
    patient = {**copy.deepcopy(person or PERSON), **changed}
    patient = {key: value for key, value in patient.items() if value is not None}
    entries = [{"resource": one} for one in (patient, *resources)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def demo_changed(therapy_id: str, change: Callable[[list[dict[str, Any]]], None]) -> bytes:
    """A demo Bundle after ``change`` worked on its resources."""
    document = json.loads(load_referral(therapy_id))
    change([one["resource"] for one in document["entry"]])
    return json.dumps(document).encode()
