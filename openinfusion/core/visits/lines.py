"""Signs of a line infection or an occluded line, with what the table says to do. A person decides.

For the nurse and the patient's helper on the phone. Source: line_infection.csv (rows "signs" and "occlusion",
unverified, shown as such). A sign nobody looked for is named, not taken as absent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from openinfusion.core.findings import Finding, Severity
from openinfusion.core.readiness.words import Cells, joined, provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSigns:
    """What was seen. None: nobody looked or asked."""

    fever_or_chills: bool | None = None
    site_redness: bool | None = None
    pus: bool | None = None
    low_blood_pressure: bool | None = None
    cannot_flush_or_draw: bool | None = None


_INFECTION = ("fever_or_chills", "site_redness", "pus", "low_blood_pressure")


def judge_line(rows: Iterable[Cells], signs: LineSigns) -> tuple[Finding, ...]:
    """Findings in the words of the table; empty only when every sign was looked for and none is there."""
    table = {row["topic"]: row for row in rows}
    findings = []
    seen = [name for name in _INFECTION if getattr(signs, name)]
    if seen:
        findings.append(_finding("infection", table["signs"], f"{_words(seen)}: {table['signs']['rule']}."))
    if signs.cannot_flush_or_draw:
        findings.append(_finding("occlusion", table["occlusion"], f"{table['occlusion']['rule']}."))
    unseen = [field.name for field in fields(signs) if getattr(signs, field.name) is None]
    if unseen:
        detail = f"Not known: {_words(unseen)}. Look and ask."
        findings.append(Finding("line.not_known", Severity.BLOCK, "line", detail, _source(table["signs"]), "line"))
    return tuple(findings)


def _finding(name: str, row: Cells, detail: str) -> Finding:
    text = detail[0].upper() + detail[1:]
    return Finding(f"line.{name}", Severity.INTERRUPT, "line", text, _source(row), "line")


def _source(row: Cells) -> str:
    return f"line_infection {row['topic']}; {provenance(row)}"


def _words(names: Iterable[str]) -> str:
    return joined(name.replace("_", " ") for name in names)
