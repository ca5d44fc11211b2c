"""The monitoring words of an order: named tests with an age, or words that stay a question."""

from datetime import timedelta

import pytest

from openinfusion.apps.readiness.lab_plan import FOREVER, read_monitoring


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("creatinine weekly", {"creatinine": timedelta(days=7)}),
        ("SCr twice weekly", {"creatinine": timedelta(days=4)}),
        ("potassium every 3 days", {"potassium": timedelta(days=3)}),
        ("CBC weekly", dict.fromkeys(("wbc", "hemoglobin", "platelets"), timedelta(days=7))),
        ("CPK", {"cpk": None}),
        ("hepatitis b baseline", {"hepatitis b": FOREVER}),
        ("SCr, BUN weekly", dict.fromkeys(("creatinine", "bun"), timedelta(days=7))),
        ("vital signs before and after", {}),
        ("weight daily", {}),
    ],
)
def test_words_become_tests(text, expected):
    wishes = read_monitoring((text,))
    assert {wish.test: wish.lasts for wish in wishes} == expected
    assert all(wish.is_known_test for wish in wishes)


def test_words_nobody_knows_stay_a_question():
    (wish,) = read_monitoring(("moon phase every month",))
    assert (wish.test, wish.is_known_test) == ("moon phase every month", False)


def test_the_shortest_interval_counts():
    (wish,) = read_monitoring(("creatinine monthly", "creatinine weekly"))
    assert wish.lasts == timedelta(days=7)
