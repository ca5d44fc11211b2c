"""Rule book of measures: a count, a denominator, a 95 percent range, and how many are not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from openinfusion.core.measures import (
    EpisodeOutcome,
    HospitalStay,
    SurveyAnswer,
    poisson_interval,
    program_measures,
    proportion,
    rate,
    wilson_interval,
)
from openinfusion.rulepacks import load_table


def share(numerator, denominator, unknown=0):
    return proportion(
        id="m", title="M", numerator=numerator, denominator=denominator, unknown=unknown,
        counted="courses", definition="d", source="s",
    )  # fmt: skip


def per_thousand(events, days):
    return rate(id="r", title="R", events=events, time_at_risk=days, counted="line days", definition="d", source="s")


@pytest.mark.parametrize(
    ("numerator", "denominator", "value", "low", "high"),
    [
        (5, 412, "1.2", "0.5", "2.8"),
        (371, 398, "93.2", "90.3", "95.3"),
        (3, 88, "3.4", "1.2", "9.5"),
        (4, 1206, "0.3", "0.1", "0.8"),
        (0, 10, "0.0", "0.0", "27.8"),
        (10, 10, "100.0", "72.2", "100.0"),
        (81, 263, "30.8", "25.5", "36.6"),
    ],
)
def test_the_wilson_range_of_a_share(numerator, denominator, value, low, high):
    """81 of 263 is the worked example of Newcombe 1998 (0.2553 to 0.3662)."""
    found = share(numerator, denominator)
    assert (found.value, found.low, found.high) == (Decimal(value), Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    ("events", "low", "high"), [(0, "0", "3.6889"), (1, "0.0253", "5.5716"), (2, "0.2422", "7.2247"), (10, "4.7954", "18.3904")]
)  # fmt: skip
def test_the_exact_poisson_range(events, low, high):
    """Published limits of Garwood 1936."""
    found = poisson_interval(events)
    assert [limit.quantize(Decimal("0.0001")) for limit in found] == [
        Decimal(low).quantize(Decimal("0.0001")),
        Decimal(high),
    ]


def test_events_in_a_thousand_catheter_days():
    found = per_thousand(2, 9840)
    assert (found.value, found.low, found.high) == (Decimal("0.20"), Decimal("0.02"), Decimal("0.73"))
    assert found.text == "0.20 per 1,000 (0.02 to 0.73; 2 in 9,840 line days)"


def test_a_percentage_never_stands_without_its_count():
    assert share(371, 398).text == "93.2 % (90.3 to 95.3; 371 of 398 courses)"
    assert share(3, 88, unknown=5).text == "3.4 % (1.2 to 9.5; 3 of 88 courses; 5 not known)"


def test_without_a_denominator_the_value_is_not_known():
    for found in (share(0, 0, unknown=7), per_thousand(0, 0)):
        assert (found.value, found.low, found.high) == (None, None, None)
        assert not found.is_known
        assert found.text.startswith("not known (")
    assert share(0, 0, unknown=7).text == "not known (0 of 0 courses; 7 not known)"


@pytest.mark.parametrize("counts", [(-1, 5), (6, 5)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match="must"):
        share(*counts)
    with pytest.raises(ValueError, match="must"):
        wilson_interval(*counts)


def outcome(name, **changes):
    plain = EpisodeOutcome(
        id=name, ended_on=date(2026, 11, 20), is_completed_as_planned=True, unplanned_stays=(),
        had_adverse_reaction=False, catheter_days=14, access_device_events=0, bloodstream_infections=0,
    )  # fmt: skip
    return replace(plain, **changes)


def measured(outcomes, answers=()):
    found = program_measures(outcomes, answers, definitions=load_table("quality_measures"))
    return {measure.id: measure for measure in found}


def test_the_program_measures_count_what_was_recorded():
    found = measured(
        [
            outcome("e1"),
            outcome("e2", is_completed_as_planned=False, unplanned_stays=(HospitalStay.RELATED,)),
            outcome("e3", ended_on=None, is_completed_as_planned=None, access_device_events=2),
            outcome("e4", unplanned_stays=(HospitalStay.UNRELATED, HospitalStay.UNRELATED), had_adverse_reaction=True),
        ]
    )  # fmt: skip
    counts = {name: (measure.numerator, measure.denominator) for name, measure in found.items()}
    assert counts == {
        "therapy_complete": (2, 3),
        "unplanned_hospitalization_related": (1, 4),
        "unplanned_hospitalization_unrelated": (1, 4),
        "unplanned_hospitalization_not_known": (0, 4),
        "adverse_drug_reaction": (1, 4),
        "catheter_events": (2, 56),
        "crbsi": (0, 56),
    }


def test_what_nobody_recorded_is_not_known_and_never_no():
    found = measured(
        [
            outcome("e1", is_completed_as_planned=None, unplanned_stays=None, had_adverse_reaction=None),
            outcome("e2", catheter_days=None, bloodstream_infections=None, access_device_events=None),
        ]
    )
    unknown = {name: (measure.unknown, measure.denominator) for name, measure in found.items()}
    assert unknown == {
        "therapy_complete": (1, 1),
        "unplanned_hospitalization_related": (1, 1),
        "unplanned_hospitalization_unrelated": (1, 1),
        "unplanned_hospitalization_not_known": (1, 1),
        "adverse_drug_reaction": (1, 1),
        "catheter_events": (1, 14),
        "crbsi": (1, 14),
    }


def test_events_without_their_days_do_not_raise_the_rate():
    found = measured([outcome("e1", catheter_days=None, access_device_events=3), outcome("e2")])
    assert (found["catheter_events"].numerator, found["catheter_events"].denominator) == (0, 14)
    assert found["catheter_events"].unknown == 1


def test_definitions_and_sources_come_from_the_table():
    found = measured([outcome("e1")])
    assert found["therapy_complete"].definition == "courses ended as planned / courses ended"
    assert found["therapy_complete"].source == "NHIA_DEF"
    assert all(measure.source for measure in found.values())


def test_satisfaction_counts_answers_and_silence():
    """The survey instrument is licensed; topics are ours, an answer of 4 or 5 is favourable."""
    answers = [SurveyAnswer("nurse skill", score) for score in (5, 4, 3, None)] + [SurveyAnswer("overall", 1)]
    found = measured([], answers)
    skill, overall = found["satisfaction: nurse skill"], found["satisfaction: overall"]
    assert (skill.numerator, skill.denominator, skill.unknown) == (2, 3, 1)
    assert (overall.numerator, overall.denominator, overall.value) == (0, 1, Decimal("0.0"))


@pytest.mark.parametrize("score", [0, 6])
def test_a_score_is_one_to_five(score):
    with pytest.raises(ValueError, match="1 to 5"):
        SurveyAnswer("overall", score)
