"""NEWS2 score from vital signs, only where it may be used: adults, not pregnant, every parameter measured.

For nurse and monitoring clinician. Source: news2.json (NEWS2_PKG, citing RCP 2017) with its limits: not a
reaction score, never delays 911. What is missing is named and gives no score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from openinfusion.core.findings import Finding, Severity
from openinfusion.core.readiness.words import decimal_of
from openinfusion.core.visits.vitals import Vitals

#: "Adults" in news2.json; 18 is the stricter reading.
ADULT_FROM_YEARS = 18
_SOURCE = "news2.json limits; NEWS2_PKG"


@dataclass(frozen=True, slots=True)
class News2:
    """The score with its parts, or no score and the findings that say why (they concern the score alone)."""

    score: int | None
    parts: tuple[tuple[str, int], ...]
    risk: str
    findings: tuple[Finding, ...]

    @property
    def has_single_three(self) -> bool:
        return any(points == 3 for _, points in self.parts)


def score(
    vitals: Vitals,
    document: Mapping[str, Any],
    *,
    age_years: int | None,
    is_pregnant: bool | None,
    scale2_set_by_clinician: bool = False,
) -> News2:
    """The aggregate score of one set of vital signs."""
    findings = (*_exclusions(age_years, is_pregnant), *_missing(vitals))
    if findings:
        return News2(None, (), "", findings)
    parts = _parts(vitals, document["parameters"], scale2=scale2_set_by_clinician)
    total = sum(points for _, points in parts)
    return News2(total, parts, _risk(total, parts, document["thresholds"]), ())


def _exclusions(age_years: int | None, is_pregnant: bool | None) -> tuple[Finding, ...]:
    findings = []
    if age_years is None:
        findings.append(_finding("age", Severity.BLOCK, "NEWS2 not scored: the age is not known."))
    elif age_years < ADULT_FROM_YEARS:
        findings.append(_finding("age", Severity.INFORM, "NEWS2 is not used in children."))
    if is_pregnant is None:
        findings.append(
            _finding("pregnancy", Severity.BLOCK, "NEWS2 not scored: whether she is pregnant is not known.")
        )
    elif is_pregnant:
        findings.append(_finding("pregnancy", Severity.INFORM, "NEWS2 is not used in pregnancy."))
    return tuple(findings)


_NEEDED = {
    "resp_rate": "breathing rate",
    "spo2": "oxygen saturation",
    "on_oxygen": "air or oxygen",
    "systolic": "upper blood pressure",
    "pulse": "pulse",
    "consciousness": "consciousness",
    "temperature_c": "temperature",
}


def _missing(vitals: Vitals) -> tuple[Finding, ...]:
    return tuple(
        _finding(field, Severity.BLOCK, f"NEWS2 not scored: {words} not known.")
        for field, words in _NEEDED.items()
        if getattr(vitals, field) is None
    )


def _parts(vitals: Vitals, parameters: Mapping[str, Any], *, scale2: bool) -> tuple[tuple[str, int], ...]:
    temperature = _measured(vitals.temperature_c).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return (
        ("resp_rate", _points(_measured(vitals.resp_rate), parameters["resp_rate"])),
        ("spo2", _points(_measured(vitals.spo2), _spo2_bands(vitals, parameters, scale2=scale2))),
        ("oxygen", int(parameters["oxygen"]["oxygen" if vitals.on_oxygen else "air"])),
        ("systolic", _points(_measured(vitals.systolic), parameters["sbp"])),
        ("pulse", _points(_measured(vitals.pulse), parameters["pulse"])),
        ("consciousness", int(parameters["consciousness"][str(vitals.consciousness)])),
        ("temperature", _points(temperature, parameters["temp_c"])),
    )


def _spo2_bands(vitals: Vitals, parameters: Mapping[str, Any], *, scale2: bool) -> Sequence[Any]:
    """Scale 2 only where a clinician set an 88 to 92 % target; its upper bands differ on air and oxygen."""
    if not scale2:
        return list(parameters["spo2_scale1"])
    second = parameters["spo2_scale2"]
    return [*second["any"], *second["on_oxygen" if vitals.on_oxygen else "on_air"]]


def _points(value: Decimal, bands: Sequence[Any]) -> int:
    for low, high, points in bands:
        above = low is None or value >= decimal_of(low, field="band")
        below = high is None or value <= decimal_of(high, field="band")
        if above and below:
            return int(points)
    raise ValueError("the NEWS2 table has a gap: a measured value falls in none of its bands")


def _measured(value: Decimal | int | None) -> Decimal:
    if value is None:
        raise ValueError("a parameter is missing")
    return Decimal(value)


def _risk(total: int, parts: tuple[tuple[str, int], ...], thresholds: Sequence[Mapping[str, str]]) -> str:
    """The words of the document for this score."""
    words = {entry["score"]: entry["risk"] for entry in thresholds}
    if total >= 7:
        return words[">=7"]
    if total >= 5:
        return words["5-6"]
    if any(points == 3 for _, points in parts):
        return words["any single 3"]
    return words["0-4 and no single 3"]


def _finding(subject: str, severity: Severity, detail: str) -> Finding:
    return Finding("news2.not_scored", severity, subject, detail, _SOURCE, "vitals")
