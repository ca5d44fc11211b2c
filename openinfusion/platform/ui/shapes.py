"""What each component of the design system needs: plain values an app's presenter fills in.

A tag also takes a dict with the same keys. Texts are shown as they come (escaped); numbers and dates are written by
``formats``. ``None`` means nobody knows, and is shown as "Not known", never as a blank or a default.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A text with the page that shows it; no link when ``url`` is empty."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergy:
    """``reaction`` empty is shown as "reaction not known"."""

    substance: str
    reaction: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BannerPatient:
    """The patient banner. ``allergies_checked`` with no allergies means "None known"; without it "Not known"."""

    family: str
    given: str
    mrn: str
    preferred: str = ""
    salutation: str = ""
    note: str = ""
    born: date | None = None
    sex: str = ""
    weight_kg: Decimal | None = None
    weighed_on: date | None = None
    allergies: Sequence[Allergy] = ()
    allergies_checked: bool = False
    allergies_checked_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition of a gate. ``verdict``: ready, risk, blocked; anything else counts as not known."""

    name: str
    verdict: str
    facts: str = ""
    owner: str = ""
    clears: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A readiness verdict with its conditions; ``footer`` says which rules, when, from how many events."""

    verdict: str
    subject: str
    conditions: Sequence[Condition]
    footer: str = ""
    footer_link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFinding:
    """A finding with its links. ``reason`` is the reason somebody gave to go on; ``actions`` clear it."""

    severity: str
    detail: str
    rule: Link
    source: Link
    datum: Link | None = None
    reason: str = ""
    reason_by: str = ""
    actions: Sequence[Link] = ()
    reason_field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``state``: done, now, stop or ahead."""

    label: str
    state: str = "ahead"
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a time line. ``state``: done, now, stop or ahead. ``when`` text replaces the written moment."""

    say: str
    at: datetime | date | None = None
    when: str = ""
    sub: str = ""
    state: str = "done"
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A row of a summary list. ``value`` empty is "Not known"; ``drug`` writes it bold and tall-man."""

    label: str
    value: Any
    sub: str = ""
    url: str = ""
    drug: bool = False
    mono: bool = False
    change: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm card. ``priority``: high, medium, low. ``device_at`` and ``received_at`` are both shown."""

    priority: str
    what: str
    who: str
    mrn: str = ""
    who_url: str = ""
    therapy: str = ""
    age: timedelta | None = None
    device: str = ""
    device_at: datetime | None = None
    received_at: datetime | None = None
    is_late: bool = False
    facts: Sequence[tuple[str, str]] = ()
    first_act: str = ""
    owner: str = ""
    owner_since: str = ""
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button: a link with ``url``, else a submit button of the form around it or of the form with the id ``form``.

    ``refusal`` disables it and is shown beside it. ``kind``: "", second, quiet, grave, alarm, block.
    """

    label: str
    url: str = ""
    name: str = ""
    value: str = ""
    refusal: str = ""
    kind: str = "second"
    form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Infusion:
    """State of one running infusion. Older than ``stale_after_s`` it shows no number as current (HZ-032)."""

    rate_ml_h: Decimal | None = None
    given_ml: Decimal | None = None
    total_ml: Decimal | None = None
    left: timedelta | None = None
    left_text: str = ""
    next_at: str = ""
    next_rate_ml_h: Decimal | None = None
    message_age_s: int | None = None
    stale_after_s: int = 300
    last_known: str = ""
    last_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vital:
    """One vital sign with its raw readings: ``points`` are (seconds, value) in any order."""

    label: str
    unit: str
    points: Sequence[tuple[float, Decimal]]
    now: str = ""
    band: tuple[Decimal, Decimal] | None = None
    gap_s: float = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar with its label, its value in words and, where known, its range."""

    label: str
    value: Decimal
    text: str
    low: Decimal | None = None
    high: Decimal | None = None
    series: int = 1
    is_published: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of a line chart: ``n`` is what it was counted from. ``value`` None leaves a gap."""

    label: str
    value: Decimal | None
    n: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A big number with what it was counted from."""

    label: str
    value: str
    unit: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter chip."""

    label: str
    url: str
    count: int | None = None
    icon: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    label: str
    numeric: bool = False
    nowrap: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a queue: text with an optional small line, link, verdict chip and dots; empty is "Not known"."""

    text: str = ""
    sub: str = ""
    url: str = ""
    chip: str = ""
    chip_label: str = ""
    dots: Sequence[Condition] = ()
    drug: str = ""
    strong: str = ""
    is_blank: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    cells: Sequence[Cell | str | None]
    is_selected: bool = False
    header_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A queue that becomes cards on a phone. ``more`` counts what is not on the page."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    more: str = ""
    more_link: Link | None = None
    empty_title: str = ""
    empty_text: str = ""
