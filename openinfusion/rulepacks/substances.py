"""The vocabulary of drug names and classes, for matching free text in allergies, medicines and diluents."""

from __future__ import annotations

import functools

from openinfusion.core.compatibility import Vocabulary
from openinfusion.rulepacks.tables import load_document, load_table


@functools.cache
def vocabulary() -> Vocabulary:
    """Names and classes of ``substances.json``, with every therapy under its generic name."""
    document = load_document("substances")
    of_therapy = {row["id"]: document["therapies"].get(row["id"], row["id"]) for row in load_table("therapies")}
    names: dict[str, list[str]] = {name: list(found) for name, found in document["names"].items()}
    for substance in of_therapy.values():
        names.setdefault(substance, [])
    spelled = document["spelled_classes"]
    for name, spellings in spelled.items():
        names[name] = [*names.get(name, ()), *spellings]
    return Vocabulary.build(names=names, classes=document["classes"], of_therapy=of_therapy)
