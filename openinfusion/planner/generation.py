"""Invented home infusion days from a seed: nurses in two states, skills with expiry, windows, pairs, deliveries.

For tests, the warm-up and measurements. Nobody in them exists. The same seed gives the same day.
"""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import date, timedelta

from openinfusion.core.routing.problem import (
    Caregiver,
    Licence,
    NursePolicy,
    Pair,
    Problem,
    Skill,
    Visit,
    Window,
)
from openinfusion.core.routing.travel import travel_matrix

DAY = date(2026, 3, 9)
STATES = ("NY", "NJ")
SKILLS = ("peripheral IV", "PICC dressing and flush", "port access", "IVIG ramp", "TPN tubing and filter")
CENTRE = (40.80, -73.95)
LONG_INFUSION = (90.0, 150.0)
SHIFT = (480.0, 1020.0)


def infusion_day(seed: int, *, visits: int, nurses: int, share_paired: float = 0.2) -> Problem:
    """A day with about so many visits: single ones, connect and disconnect pairs, some with two nurses."""
    stream = random.Random(seed)
    caregivers = tuple(_nurse(stream, number) for number in range(nurses))
    drafted: list[Visit] = []
    pairs: list[Pair] = []
    places = [_place(stream) for _ in caregivers]
    while len(drafted) < visits:
        places.append(_place(stream))
        patient = len(places) - 1
        first = _visit(stream, f"v{len(drafted)}", patient, caregivers)
        drafted.append(first)
        if len(drafted) < visits and stream.random() < share_paired:
            second, pair = _second(stream, first, f"v{len(drafted)}")
            drafted.append(second)
            pairs.append(pair)
    return Problem(DAY, caregivers, tuple(drafted), travel_matrix(places), tuple(pairs))


def _place(stream: random.Random) -> tuple[float, float]:
    return CENTRE[0] + stream.gauss(0.0, 0.12), CENTRE[1] + stream.gauss(0.0, 0.15)


def _nurse(stream: random.Random, number: int) -> Caregiver:
    held = [skill for skill in SKILLS if stream.random() < 0.8]
    expired = stream.random() < 0.1
    start = stream.choice((420.0, SHIFT[0], SHIFT[0], 540.0))
    return Caregiver(
        id=f"n{number}",
        home=number,
        skills=tuple(Skill(name, DAY + timedelta(days=stream.randint(-5, 300))) for name in held),
        licences=(
            Licence(
                stream.choice(STATES),
                DAY - timedelta(days=1) if expired else DAY + timedelta(days=stream.randint(0, 700)),
                also_valid_in=frozenset(STATES) if stream.random() < 0.6 else frozenset(),
            ),
        ),
        shift_start=start,
        shift_end=start + 540.0,
        overtime_limit=stream.choice((0.0, 30.0, 60.0)),
        max_minutes=600.0,
    )


def _visit(stream: random.Random, name: str, place: int, caregivers: tuple[Caregiver, ...]) -> Visit:
    opens = 15.0 * stream.randint(32, 60)
    known = stream.sample([nurse.id for nurse in caregivers], k=min(3, len(caregivers)))
    return Visit(
        id=name,
        patient_id=f"p{place}",
        place=place,
        duration=float(stream.choice((30, 45, 60, 90))),
        window=Window(opens, opens + stream.choice((60.0, 120.0)), opens + 240.0),
        licence_place=stream.choice(STATES),
        skills=frozenset({stream.choice(SKILLS)}),
        release=opens + 30.0 if stream.random() < 0.1 else -math.inf,
        preferred=tuple(known[:1]),
        known=frozenset(known),
        priority=stream.choice((1.0, 1.0, 2.0)),
    )


def _second(stream: random.Random, first: Visit, name: str) -> tuple[Visit, Pair]:
    """The second visit of a pair: a second nurse at once, or the disconnect of a long infusion."""
    if stream.random() < 0.3:
        second = replace(first, id=name)
        return second, Pair(first.id, name)
    gap = first.duration + stream.uniform(*LONG_INFUSION)
    window = Window(first.window.opens + gap, first.window.closes + gap + 30.0, first.window.latest + gap + 60.0)
    second = replace(first, id=name, duration=30.0, window=window, release=-math.inf)
    policy = stream.choice((NursePolicy.SAME_PREFERRED, NursePolicy.SAME_PREFERRED, NursePolicy.SAME_REQUIRED))
    return second, Pair(first.id, name, gap, gap + 45.0, policy)
