"""Look-alike generic names carry their tall-man letters on every screen (HZ-005)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from openinfusion.platform.ui.tall_man import spellings, tall_man


@pytest.mark.hazard("HZ-005")
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("cefazolin", "ceFAZolin"),
        ("CEFTRIAXONE 2 g", "cefTRIAXone 2 g"),
        ("daptomycin in sodium chloride", "DAPTOmycin in sodium chloride"),
        ("Simvastatin with Daptomycin: muscle", "Simvastatin with DAPTOmycin: muscle"),
        ("methylprednisolone", "methylPREDNISolone"),
    ],
)
def test_a_look_alike_name_shows_what_tells_it_apart(written: str, shown: str) -> None:
    assert tall_man(written) == shown


@pytest.mark.parametrize("written", ["norepinephrine", "vancomycin", "epinephrines", "immune globulin 10 %"])
def test_other_names_stay_as_they_were_written(written: str) -> None:
    assert tall_man(written) == written


def test_every_tall_man_name_of_the_reference_pages_is_in_the_list(shared: Path) -> None:
    """The list is exactly what the reference pages use; nobody invents a spelling."""
    pages = "".join(page.read_text() for page in sorted((shared / "ui").glob("*.html")))
    marked = re.findall(r"\b(?:[a-z]+[A-Z]{3,}[a-z]*|[A-Z]{4,}[a-z]{3,})\b", pages)
    names = {word for word in marked if word.lower() not in ("fhirpath",)}
    assert names == set(spellings().values())
