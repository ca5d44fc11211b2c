"""Side navigation of patients."""

from dataclasses import replace

from openinfusion.apps.patients import policies
from openinfusion.apps.patients.queries import break_glass_queue, episodes_in_reach
from openinfusion.platform.access import Access
from openinfusion.platform.access.navigation import Entry, add


def _open_episodes(access: Access) -> int:
    """A count is no read of a chart: it is kept out of the person's list of reads."""
    return episodes_in_reach(by=replace(access, reads=set())).count()


def _open_reviews(access: Access) -> int:
    return break_glass_queue(by=access).count()


add(Entry("Patients", "Find a patient", "patients:search", policies.SEE, order=10))
add(Entry("Patients", "Episodes", "patients:episodes", policies.SEE, order=20, count=_open_episodes))
add(
    Entry(
        "Administration",
        "Emergency openings",
        "patients:break_glass_queue",
        policies.REVIEW_BREAK_GLASS,
        order=40,
        count=_open_reviews,
    )
)
