"""The program's outcome measures from recorded episodes and survey answers, with denominators.

For quality and the operations lead. Definitions: quality_measures (NHIA elements); related and unrelated
hospital stays are kept apart; what is not recorded is counted as not known, never as "no".
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from openinfusion.core.claims.codes import Row
from openinfusion.core.measures.measure import Measure, proportion, rate

FAVOURABLE = 4
HIGHEST_SCORE = 5


class HospitalStay(enum.StrEnum):
    """An unplanned hospital stay, by its relation to the therapy."""

    RELATED = "related"
    UNRELATED = "unrelated"
    NOT_KNOWN = "relation not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeOutcome:
    """What is recorded about one course of therapy. None means that nobody recorded it."""

    id: str
    ended_on: date | None
    is_completed_as_planned: bool | None
    unplanned_stays: tuple[HospitalStay, ...] | None
    had_adverse_reaction: bool | None
    catheter_days: int | None
    access_device_events: int | None
    bloodstream_infections: int | None


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """One answer from 1 (worst) to 5 (best); ``score`` None is a question without an answer."""

    topic: str
    score: int | None

    def __post_init__(self) -> None:
        if self.score is not None and not 1 <= self.score <= HIGHEST_SCORE:
            raise ValueError(f"score must be 1 to {HIGHEST_SCORE}, or None")


def program_measures(
    outcomes: Sequence[EpisodeOutcome], answers: Sequence[SurveyAnswer], *, definitions: Iterable[Row]
) -> tuple[Measure, ...]:
    """All outcome measures. ``definitions`` are the rows of quality_measures."""
    known = {row["measure"]: row for row in definitions}
    return (
        _completed(outcomes, known),
        *_hospital_stays(outcomes, known),
        _adverse_reactions(outcomes, known),
        _per_catheter_days(
            "catheter_events",
            "Access device events",
            [o.access_device_events for o in outcomes],
            outcomes,
            known,
        ),
        _per_catheter_days(
            "crbsi",
            "Catheter bloodstream infections",
            [o.bloodstream_infections for o in outcomes],
            outcomes,
            known,
        ),
        *_satisfaction(answers),
    )


def _completed(outcomes: Sequence[EpisodeOutcome], known: Mapping[str, Row]) -> Measure:
    ended = [outcome for outcome in outcomes if outcome.ended_on is not None]
    answered = [outcome for outcome in ended if outcome.is_completed_as_planned is not None]
    return proportion(
        id="therapy_complete",
        title="Courses finished as planned",
        numerator=sum(bool(outcome.is_completed_as_planned) for outcome in answered),
        denominator=len(answered),
        unknown=len(ended) - len(answered),
        counted="courses ended",
        **_about("therapy_complete", known),
    )


def _hospital_stays(outcomes: Sequence[EpisodeOutcome], known: Mapping[str, Row]) -> list[Measure]:
    recorded = [outcome for outcome in outcomes if outcome.unplanned_stays is not None]
    return [
        proportion(
            id=f"unplanned_hospitalization_{stay.name.lower()}",
            title=f"Unplanned hospital stays, {stay.value}",
            numerator=sum(stay in (outcome.unplanned_stays or ()) for outcome in recorded),
            denominator=len(recorded),
            unknown=len(outcomes) - len(recorded),
            counted="courses",
            **_about("unplanned_hospitalization", known),
        )
        for stay in HospitalStay
    ]


def _adverse_reactions(outcomes: Sequence[EpisodeOutcome], known: Mapping[str, Row]) -> Measure:
    recorded = [outcome for outcome in outcomes if outcome.had_adverse_reaction is not None]
    return proportion(
        id="adverse_drug_reaction",
        title="Adverse drug reactions",
        numerator=sum(bool(outcome.had_adverse_reaction) for outcome in recorded),
        denominator=len(recorded),
        unknown=len(outcomes) - len(recorded),
        counted="courses",
        **_about("adverse_drug_reaction", known),
    )


def _per_catheter_days(
    name: str,
    title: str,
    events: Sequence[int | None],
    outcomes: Sequence[EpisodeOutcome],
    known: Mapping[str, Row],
) -> Measure:
    """Only courses with both counts recorded; a course without a catheter has zero days and zero events."""
    pairs = [
        (count, outcome.catheter_days)
        for count, outcome in zip(events, outcomes, strict=True)
        if count is not None and outcome.catheter_days is not None
    ]
    about = _about(name, known)
    return rate(
        id=name,
        title=title,
        events=sum(count for count, _ in pairs),
        time_at_risk=sum(days for _, days in pairs),
        unknown=len(outcomes) - len(pairs),
        counted="catheter days",
        definition=about["definition"],
        source=about["source"],
    )


def _satisfaction(answers: Sequence[SurveyAnswer]) -> list[Measure]:
    measures = []
    for topic in dict.fromkeys(answer.topic for answer in answers):
        scores = [answer.score for answer in answers if answer.topic == topic]
        given = [score for score in scores if score is not None]
        measures.append(
            proportion(
                id=f"satisfaction: {topic}",
                title=f"Satisfied: {topic}",
                numerator=sum(score >= FAVOURABLE for score in given),
                denominator=len(given),
                unknown=len(scores) - len(given),
                counted="answers",
                definition=f"answers of {FAVOURABLE} or {HIGHEST_SCORE} on a scale of 1 to {HIGHEST_SCORE}",
                source="satisfaction_topics",
            )
        )
    return measures


def _about(name: str, known: Mapping[str, Row]) -> dict[str, str]:
    """Definition and source from the table; a measure the table does not have says so."""
    row = known.get(name)
    if row is None:
        return {"definition": "not defined in quality_measures", "source": ""}
    return {"definition": row["definition"], "source": row["sources"]}
