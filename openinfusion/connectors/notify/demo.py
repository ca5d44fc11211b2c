"""The demo adapter: nothing leaves the machine; what would have been sent is read on the outbox page."""

from __future__ import annotations

from openinfusion.apps.monitoring.public import Page


class DemoNotifier:
    """Takes every page. The hop row itself, with its text, is the readable outbox."""

    def send(self, page: Page) -> None:
        """Nothing to hand over: the outbox page shows the hop."""
