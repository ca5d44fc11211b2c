"""Stands where no provider is configured: every page fails at once, so the chain goes on to the person on the wall."""

from __future__ import annotations

from openinfusion.apps.monitoring.public import NotDelivered, Page


class MissingNotifier:
    """Never pretends to have told anybody."""

    def send(self, page: Page) -> None:
        raise NotDelivered("no provider for messages is configured")
