"""One clean order of an invented patient for each therapy: examples for the rule book, base of the
mutation tests.
"""

from __future__ import annotations

from typing import Any

from openinfusion.rulepacks.tables import load_document


def example_therapies() -> tuple[str, ...]:
    """Every therapy that has an example, in the order of the therapy table."""
    return tuple(load_document("example_orders", "therapies"))


def example_case(
    therapy: str, *, order: dict[str, Any] | None = None, patient: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The example of a therapy as a case of the order-check contract, with fields replaced.

    A field set to ``...`` is left out, which means unknown.
    """
    found = load_document("example_orders", "therapies", therapy)
    base = load_document("example_orders", "base")
    return {
        "id": f"example {therapy}",
        "at": base["at"],
        "patient": _merged(base["patient"], found.get("patient", {}), patient or {}),
        "order": _merged(base["order"], found["order"], order or {}),
    }


def _merged(*layers: dict[str, Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for layer in layers:
        merged.update(layer)
    return {key: value for key, value in merged.items() if value is not ...}
