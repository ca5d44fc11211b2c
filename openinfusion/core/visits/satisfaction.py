"""Patient satisfaction: the topics asked, in own words, and whether an answer sheet is sound.

For the portal and the quality officer. Source: satisfaction_topics.csv (topics only; the instrument is
licensed). The four-step scale is a design proposal. A topic not answered stays not answered: it is in no
numerator or denominator.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openinfusion.core.readiness.words import Cells, provenance


class Rating(enum.StrEnum):
    VERY_GOOD = "very_good"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    NOT_ANSWERED = "not_answered"


@dataclass(frozen=True, slots=True)
class Topic:
    key: str
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class TopicCount:
    """How many of those who answered a topic found it good or very good."""

    topic: Topic
    good: int
    answered: int


def topics(rows: Iterable[Cells]) -> tuple[Topic, ...]:
    """The topics in the order of the table."""
    return tuple(Topic(_key(row["topic"]), row["topic"], f"satisfaction_topics; {provenance(row)}") for row in rows)


def count(asked: Iterable[Topic], sheets: Iterable[Mapping[str, Rating]]) -> tuple[TopicCount, ...]:
    """Per topic: good answers of all given ones. A sheet with a topic nobody asked is refused."""
    listed, answers = tuple(asked), tuple(sheets)
    strangers = {key for sheet in answers for key in sheet} - {topic.key for topic in listed}
    if strangers:
        raise ValueError(f"answers to topics that were not asked: {', '.join(sorted(strangers))}")
    return tuple(_topic_count(topic, answers) for topic in listed)


def _topic_count(topic: Topic, sheets: tuple[Mapping[str, Rating], ...]) -> TopicCount:
    given = [sheet[topic.key] for sheet in sheets if topic.key in sheet]
    answered = [rating for rating in given if rating is not Rating.NOT_ANSWERED]
    good = sum(rating in (Rating.VERY_GOOD, Rating.GOOD) for rating in answered)
    return TopicCount(topic, good, len(answered))


def _key(words: str) -> str:
    plain = "".join(letter if letter.isalnum() else " " for letter in words.casefold())
    return "_".join(plain.split())
