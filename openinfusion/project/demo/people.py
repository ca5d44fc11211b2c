"""Invented people: surnames nobody could take for real ones, homes around an invented centre, all from one seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

SURNAMES = (
    "Sampleford", "Pretendo", "Placeholt", "Legendre-Demo", "Exampleson", "Mockridge", "Testwell", "Ficton", "Specimenski",
    "Notional", "Madeupson", "Inventado", "Fabelmann", "Imagino", "Dummett-Test", "Proxley", "Standin", "Trialman", "Patternby",
    "Modelgaard", "Phantomas", "Simulacro", "Blanketest", "Hypotenson", "Makebelieve", "Nominalli", "Fauxberg", "Quasimoto",
    "Replicano", "Sketchley",
)  # fmt: skip
GIVEN_FEMALE = (
    "Hana", "Cosima", "Lucia", "Odalys", "Marigold", "Ingrid", "Amara", "Beatriz", "Chiyo", "Delphine", "Esi", "Freya", "Gwen",
    "Ilse", "Juniper", "Kalpana", "Leocadia", "Mireille", "Nilufar", "Oriane",
)  # fmt: skip
GIVEN_MALE = (
    "Theodore", "Ambrose", "Bram", "Walter", "Otis", "Anselm", "Benedikt", "Cornelius", "Dmitri", "Emeka", "Florian", "Gideon",
    "Hideo", "Ivo", "Jorge", "Kwame", "Lionel", "Mateo", "Noam", "Osvaldo",
)  # fmt: skip
STREETS = ("Fable Lane", "Specimen Street", "Placeholder Avenue", "Invention Road", "Model Court", "Pattern Way")
CENTRE = (39.7817, -89.6501)


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person at one invented address."""

    family: str
    given: str
    sex: str
    born: date
    phone: str
    address: str
    latitude: float
    longitude: float
    weight_kg: int
    height_cm: int


def people(count: int, *, seed: int) -> list[Person]:
    """``count`` different people, always the same for one seed."""
    draw = random.Random(seed)  # noqa: S311 - a demo program, not a secret
    return [_person(draw, number) for number in range(count)]


def _person(draw: random.Random, number: int) -> Person:
    sex = draw.choice(("female", "male"))
    given = draw.choice(GIVEN_FEMALE if sex == "female" else GIVEN_MALE)
    spread = draw.gauss(0, 0.09), draw.gauss(0, 0.11)
    return Person(
        family=draw.choice(SURNAMES), given=given, sex=sex, born=date(draw.randint(1938, 2000), draw.randint(1, 12), draw.randint(1, 28)),
        phone=f"555-{number % 10000:04}", address=f"{draw.randint(1, 980)} {draw.choice(STREETS)}",
        latitude=round(CENTRE[0] + spread[0], 5), longitude=round(CENTRE[1] + spread[1], 5),
        weight_kg=draw.randint(54, 96), height_cm=draw.randint(155, 190),
    )  # fmt: skip
