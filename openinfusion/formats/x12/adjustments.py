"""CAS segments both ways: adjustments by group, at most six reasons in a segment.

For claims to a second payer and for remittances.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from openinfusion.core.claims.claim import Adjustment
from openinfusion.formats.x12.segments import Segment, segment
from openinfusion.formats.x12.values import money_text, number_text

REASONS_PER_SEGMENT = 6


def adjustment_segments(adjustments: Sequence[Adjustment]) -> Iterator[Segment]:
    """CAS segments, groups in the order they first appear."""
    for group in dict.fromkeys(adjustment.group for adjustment in adjustments):
        members = [adjustment for adjustment in adjustments if adjustment.group == group]
        for start in range(0, len(members), REASONS_PER_SEGMENT):
            yield segment("CAS", group, *_triplets(members[start : start + REASONS_PER_SEGMENT]))


def _triplets(members: Iterable[Adjustment]) -> Iterator[str]:
    for member in members:
        yield member.reason
        yield money_text(member.amount)
        yield "" if member.quantity is None else number_text(member.quantity)
