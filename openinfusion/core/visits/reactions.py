"""Reactions and sites: the grade or score a table gives for what the nurse sees, and its home action.

For the nurse. Sources: crs_grading.csv (ASTCT grades verified, home action by design), site_scales.csv
(VIP, INS). A grade is never computed by NEWS2 (news2.json limits).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from openinfusion.core.findings import Finding, Severity
from openinfusion.core.readiness.words import Cells, provenance

FEVER_C = Decimal("38.0")
_DEATH = "death"


@dataclass(frozen=True, slots=True)
class CrsGrade:
    """The grade, what to do at home by the table, and why there is none."""

    grade: int | None
    home_action: str
    source: str
    findings: tuple[Finding, ...]


def crs_choices(rows: Iterable[Cells], column: str) -> tuple[str, ...]:
    """The words to choose from for ``hypotension`` or ``hypoxia``, mildest first."""
    return tuple(row[column] for row in rows if row["hypotension"] != _DEATH)


def grade_crs(
    rows: Iterable[Cells], *, temperature_c: Decimal | None, hypotension: str | None, hypoxia: str | None
) -> CrsGrade:
    """ASTCT: fever, then the graver of hypotension and hypoxia. Unknown signs give no grade."""
    graded = [row for row in rows if row["hypotension"] != _DEATH]
    missing = [
        name
        for name, value in (
            ("temperature", temperature_c),
            ("hypotension", hypotension),
            ("hypoxia", hypoxia),
        )
        if value is None
    ]
    if temperature_c is None or hypotension is None or hypoxia is None:
        return _no_grade(Severity.BLOCK, f"No grade: {' and '.join(missing)} not known.")
    _require_fever_column(graded)
    worst = max(_rank(graded, "hypotension", hypotension), _rank(graded, "hypoxia", hypoxia))
    if temperature_c < FEVER_C:
        return _without_fever(worst)
    row = graded[worst]
    return CrsGrade(int(row["grade"]), row["home_action"], f"crs_grading; {provenance(row)}", ())


def _without_fever(worst: int) -> CrsGrade:
    if worst == 0:
        return _no_grade(Severity.INFORM, "No fever, no low pressure, no low oxygen: not a grade of this table.")
    return _no_grade(
        Severity.INTERRUPT,
        "Low pressure or low oxygen without fever: this table gives no grade. Treat it as a new reaction.",
    )


def _no_grade(severity: Severity, detail: str) -> CrsGrade:
    finding = Finding("crs.no_grade", severity, "reaction", detail, "crs_grading; CRS", "reaction")
    return CrsGrade(None, "", "crs_grading; CRS", (finding,))


def _rank(rows: list[Cells], column: str, value: str) -> int:
    for index, row in enumerate(rows):
        if row[column] == value:
            return index
    raise ValueError(f"{column} must be one of the table's own words")


def _require_fever_column(rows: list[Cells]) -> None:
    if any(row["temperature_c"] != f">={FEVER_C}" for row in rows):
        raise ValueError(f"the CRS table no longer starts at {FEVER_C} °C: the rule must be read again")


@dataclass(frozen=True, slots=True)
class SiteScore:
    """A score of one scale in the words of its table. Findings: what to know about the scale itself."""

    scale: str
    score: int
    finding: str
    action: str
    source: str
    findings: tuple[Finding, ...]


def site_scales(rows: Iterable[Cells]) -> tuple[str, ...]:
    """The scales of the table, verified ones first, each once."""
    ordered = sorted(rows, key=lambda row: row["verification"] != "verified")
    return tuple(dict.fromkeys(row["scale"] for row in ordered))


def site_choices(rows: Iterable[Cells], scale: str) -> tuple[tuple[int, str], ...]:
    """(score, what is seen) of one scale, for the form."""
    return tuple((int(row["score"]), row["finding"]) for row in rows if row["scale"] == scale)


def score_site(rows: Iterable[Cells], *, scale: str, score: int) -> SiteScore:
    """The row of one score. A scale that is not verified says so."""
    for row in rows:
        if row["scale"] == scale and int(row["score"]) == score:
            return SiteScore(
                scale, score, row["finding"], row["action"], f"site_scales; {provenance(row)}", _caution(row)
            )
    raise ValueError(f"the scale {scale!r} has no score {score}")


def _caution(row: Cells) -> tuple[Finding, ...]:
    if row["verification"] == "verified":
        return ()
    source = f"site_scales; {provenance(row)}"
    return (Finding("site.scale", Severity.INFORM, row["scale"], f"{row['status']}.", source, "reaction"),)
