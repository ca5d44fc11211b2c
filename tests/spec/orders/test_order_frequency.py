"""How often: what people may write, what is refused, and how it is said back."""

from fractions import Fraction

import pytest

from openinfusion.core.orders import Frequency, doses_per_day, interval_hours, parse_frequency, say_frequency
from openinfusion.core.units import Quantity, UnitError

READ = [
    ("every 24 hours", 1, "24", "h", "every 24 hours", Fraction(1)),
    ("q8h", 1, "8", "h", "every 8 hours", Fraction(3)),
    ("Every 12 HOURS", 1, "12", "h", "every 12 hours", Fraction(2)),
    ("daily", 1, "24", "h", "every 24 hours", Fraction(1)),
    ("twice a day", 2, "24", "h", "2 times every 24 hours", Fraction(2)),
    ("3 times a week", 3, "1", "wk", "3 times every 1 week", Fraction(3, 7)),
    ("every 2 weeks", 1, "2", "wk", "every 2 weeks", Fraction(1, 14)),
    ("every 1 day", 1, "1", "d", "every 1 day", Fraction(1)),
]


@pytest.mark.parametrize(("text", "times", "value", "unit", "said", "a_day"), READ)
def test_a_frequency_is_read_said_and_counted(
    text: str, times: int, value: str, unit: str, said: str, a_day: Fraction
) -> None:
    frequency = parse_frequency(text)
    assert frequency == Frequency(times, Quantity.of(value, unit))
    assert say_frequency(frequency) == said
    assert doses_per_day(frequency) == a_day
    assert interval_hours(frequency) == 24 / a_day


def test_continuous_and_once_have_no_doses_a_day() -> None:
    for text in ("continuous", "once"):
        frequency = parse_frequency(text)
        assert say_frequency(frequency) == text
        assert doses_per_day(frequency) is None
        assert interval_hours(frequency) is None
    assert doses_per_day(None) is None


@pytest.mark.hazard("HZ-008")
@pytest.mark.parametrize("text", ["QD", "qd"])
def test_error_prone_short_forms_are_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(UnitError, match='write "every 24 hours"'):
        parse_frequency(text)


@pytest.mark.parametrize("text", ["QOD", "q.d.", "TIW", "qhs", "often", "every 0 hours", "q0h", "0 times a day", ""])
def test_what_can_be_misread_or_means_nothing_is_a_question(text: str) -> None:
    with pytest.raises(UnitError):
        parse_frequency(text)
