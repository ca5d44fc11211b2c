"""Who learns of what: every subscription of an app to an event of a lower app, in one list.

A lower app never imports a higher one; it records an event and the higher app acts on it in the same transaction.
"""

from __future__ import annotations

from django.utils.module_loading import import_string

from openinfusion.platform.events import subscribe

#: (kind of event, function that takes the DomainEvent)
SUBSCRIPTIONS: tuple[tuple[str, str], ...] = (
    ("nurse.shift_cancelled", "openinfusion.apps.scheduling.public.on_shift_cancelled"),
)


def connect() -> None:
    """Connect every subscription. Called once when the product starts."""
    for kind, function in SUBSCRIPTIONS:
        subscribe(kind, import_string(function))
