"""A provider for tests that drops, delays or refuses messages as told."""

from __future__ import annotations

from collections.abc import Iterable

from openinfusion.apps.monitoring.public import NotDelivered, Page

TAKE, DROP, FAIL = "take", "drop", "fail"


class FakeNotifier:
    """Behaves once per message as the next word of ``plan`` says, then as the last one.

    "take" hands over, "drop" hands over and loses the message, "fail" refuses it.
    """

    def __init__(self, plan: Iterable[str] = (TAKE,)) -> None:
        self._plan = list(plan)
        self.sent: list[Page] = []
        self.lost: list[Page] = []
        self.refused: list[Page] = []

    def send(self, page: Page) -> None:
        word = self._plan.pop(0) if len(self._plan) > 1 else self._plan[0]
        if word == FAIL:
            self.refused.append(page)
            raise NotDelivered("the provider answered 500")
        (self.lost if word == DROP else self.sent).append(page)
