"""A pump channel's history in the pump's own order: late events fall into place, repeats are ignored.

Same place but other content is an integrity finding and both are kept; the first received one drives the
state. Source: HZ-033, HZ-035; IHE PCD event semantics.
"""

from __future__ import annotations

import bisect
import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity
from openinfusion.core.telemetry.events import PumpEvent
from openinfusion.core.telemetry.state import EMPTY, PumpState, advance

INTEGRITY_RULE = "TEL-INTEGRITY"
ORDER_RULE = "TEL-ORDER-MIXED"

_Key = tuple[int, int, int, str]


class Outcome(enum.StrEnum):
    """What adding one event did."""

    ADVANCED = "advanced"
    LATE = "late"  # fell into place before the newest event
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"  # same place, other content
    HISTORY_ONLY = "history only"  # older than the folded start: kept elsewhere, no influence on the state


@dataclass(frozen=True, slots=True)
class Timeline:
    """The known events of one channel, in pump order, and the state they add up to."""

    longest_gap: timedelta
    start: PumpState = EMPTY
    events: tuple[PumpEvent, ...] = ()
    state: PumpState = EMPTY
    quarantined: tuple[PumpEvent, ...] = ()

    def add(self, event: PumpEvent) -> tuple[Timeline, Outcome]:
        """The timeline with one more event, wherever it belongs."""
        if self.start.key is not None and event.key <= self.start.key:
            return self, Outcome.HISTORY_ONLY
        if not control_is_on("HZ-033"):
            return self._append(event), Outcome.ADVANCED
        place = bisect.bisect_left(self.events, event.key, key=_key)
        if place < len(self.events) and self.events[place].key == event.key:
            return self._meet(place, event)
        if place == len(self.events):
            return self._append(event), Outcome.ADVANCED
        events = (*self.events[:place], event, *self.events[place:])
        return self._refolded(events), Outcome.LATE

    def compact(self, *, keep: int) -> Timeline:
        """Fold all but the newest ``keep`` events into the start; older arrivals are then history only."""
        if keep < 1:
            raise ValueError("keep at least one event; an empty timeline has no newest event")
        old, recent = self.events[:-keep], self.events[-keep:]
        start = _fold(self.start, old, self.longest_gap)
        return replace(self, start=start, events=recent)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Integrity findings of this history."""
        found = [_conflict(event) for event in self.quarantined]
        if {event.is_numbered for event in self.events} == {True, False}:
            found.append(_mixed(self.events[-1]))
        return tuple(found)

    def _append(self, event: PumpEvent) -> Timeline:
        state = advance(self.state, event, longest_gap=self.longest_gap)
        return replace(self, events=(*self.events, event), state=state)

    def _meet(self, place: int, event: PumpEvent) -> tuple[Timeline, Outcome]:
        """Two events claim one place: the same content is a repeat, other content a fault of the device."""
        present = self.events[place]
        if not control_is_on("HZ-035"):
            return self, Outcome.DUPLICATE
        rivals = (present, event, *(q for q in self.quarantined if q.key == event.key))
        ordered = _earliest_per_content(rivals)
        others = tuple(q for q in self.quarantined if q.key != event.key)
        known = present.digest == event.digest or any(q.digest == event.digest for q in self.quarantined)
        events = (*self.events[:place], ordered[0], *self.events[place + 1 :])
        kept = replace(self, quarantined=tuple(sorted((*others, *ordered[1:]), key=lambda q: (q.key, q.digest))))
        changed = kept if ordered[0] == present else kept._refolded(events)
        return changed, Outcome.DUPLICATE if known else Outcome.CONFLICT

    def _refolded(self, events: tuple[PumpEvent, ...]) -> Timeline:
        return replace(self, events=events, state=_fold(self.start, events, self.longest_gap))


def fold(events: Iterable[PumpEvent], *, longest_gap: timedelta) -> Timeline:
    """The timeline of these events, whatever order they come in."""
    timeline = Timeline(longest_gap=longest_gap)
    for event in events:
        timeline, _ = timeline.add(event)
    return timeline


def _fold(start: PumpState, events: Iterable[PumpEvent], longest_gap: timedelta) -> PumpState:
    state = start
    for event in events:
        state = advance(state, event, longest_gap=longest_gap)
    return state


def _key(event: PumpEvent) -> _Key:
    return event.key


def _earliest_per_content(rivals: Iterable[PumpEvent]) -> list[PumpEvent]:
    """One event per content, each as first received, the first received content in front."""
    earliest: dict[str, PumpEvent] = {}
    for rival in rivals:
        known = earliest.get(rival.digest)
        if known is None or rival.received_at < known.received_at:
            earliest[rival.digest] = rival
    return sorted(earliest.values(), key=lambda rival: (rival.received_at, rival.digest))


def _conflict(event: PumpEvent) -> Finding:
    place = f"boot {event.boot}, sequence {event.sequence}" if event.is_numbered else event.reference
    return Finding(
        rule=INTEGRITY_RULE,
        severity=Severity.BLOCK,
        subject=f"device {event.device}",
        detail=f"Two messages with different content claim the same place ({place}). Both are kept; the one "
        "received first is shown. Check the pump and who can send in its name.",
        source="HZ-035; CVE-2021-33885 class",
        category="integrity",
    )


def _mixed(event: PumpEvent) -> Finding:
    return Finding(
        rule=ORDER_RULE,
        severity=Severity.BLOCK,
        subject=f"device {event.device}",
        detail="Some messages of this device are numbered and some are not, so their order is not certain.",
        source="HZ-033",
        category="integrity",
    )
