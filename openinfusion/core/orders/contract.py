"""One case of the published order-check contract in, one answer out; a malformed case is answered with its
error.

For ``openinfusion verify-order``, the REST endpoint and anyone who tests us from outside. Reading and
writing files is done elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openinfusion.core.orders.reader import CaseError
from openinfusion.core.orders.reading import case_from_json
from openinfusion.core.orders.rules import RuleSet
from openinfusion.core.orders.verify import Verdict, verify


def answer_case(obj: object, ruleset: RuleSet) -> dict[str, Any]:
    """The answer to one case, or ``{"id", "error"}`` where ``error`` begins with the field that is wrong."""
    try:
        case, reader = case_from_json(obj, therapies=ruleset.therapies)
    except CaseError as problem:
        return {"id": _id_of(obj), "error": str(problem)}
    verdict = verify(case, ruleset, unit_problems=tuple(reader.unit_problems))
    return {"id": case.id, **verdict_to_json(verdict)}


def verdict_to_json(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the contract writes it."""
    return {
        "tier": verdict.tier,
        "findings": [finding.as_dict() for finding in verdict.findings],
        "checked": list(verdict.checked),
        "not_checked": list(verdict.not_checked),
        "rules_version": verdict.rules_version,
    }


def _id_of(obj: object) -> str | None:
    found = obj.get("id") if isinstance(obj, Mapping) else None
    return found[:200] if isinstance(found, str) else None
