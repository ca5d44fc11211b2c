"""Is this anaphylaxis kit complete, intact and in date?

For the technician who packs and the nurse who checks. Sources: anaphylaxis_protocol.json kit list and
precheck (NUF, SEED1); HZ-063.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from openinfusion.core.controls import control_is_on
from openinfusion.core.emergency.protocol import KitItem
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.readiness.words import day


@dataclass(frozen=True, slots=True)
class Content:
    """One item as found in the kit. ``never_expires`` for paper and plastic without a date."""

    is_present: bool
    expires_date: date | None = None
    never_expires: bool = False


@dataclass(frozen=True, slots=True)
class KitCheck:
    """Findings, and the earliest expiry: the last day the kit counts. None when it is not known."""

    findings: tuple[Finding, ...]
    expires_date: date | None

    @property
    def is_usable(self) -> bool:
        return not self.findings


def check_kit(items: Iterable[KitItem], contents: Mapping[str, Content], *, through: date) -> KitCheck:
    """Every item that is not optional is there and in date through a day; unseen counts as not there."""
    listed = tuple(items)
    strangers = set(contents) - {item.item for item in listed}
    if strangers:
        raise ValueError(f"not in the kit list: {', '.join(sorted(strangers))}")
    needed = [item for item in listed if not item.is_optional]
    findings = tuple(
        finding for item in needed if (finding := _problem(item, contents.get(item.item), through)) is not None
    )
    return KitCheck(findings if control_is_on("HZ-063") else (), _earliest(needed, contents))


def _earliest(needed: list[KitItem], contents: Mapping[str, Content]) -> date | None:
    dated = [contents[item.item] for item in needed if item.item in contents]
    dates = [content.expires_date for content in dated if not content.never_expires]
    known = [value for value in dates if value is not None]
    return min(known) if known and len(known) == len(dates) and len(dated) == len(needed) else None


def _problem(item: KitItem, content: Content | None, through: date) -> Finding | None:
    if content is None:
        return _finding(item, f"{item.item}: not known whether it is in the kit.")
    if not content.is_present:
        return _finding(item, f"{item.item}: not in the kit.")
    if content.never_expires:
        return None
    if content.expires_date is None:
        return _finding(item, f"{item.item}: expiry not known.")
    if content.expires_date < through:
        return _finding(item, f"{item.item}: expired {day(content.expires_date)}.")
    return None


def _finding(item: KitItem, detail: str) -> Finding:
    source = f"anaphylaxis_protocol kit; {', '.join(item.sources)} ({item.status})"
    return Finding("kit.item", Severity.BLOCK, item.item, detail, source, "kit")
