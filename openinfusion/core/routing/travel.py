"""Driving minutes between places from their coordinates alone: great circle, detour, speed by distance.

For programs without a road-network service. The speed profile is a planning assumption of the program, not a fact
about its roads; a measured matrix can replace the result. Great circle: haversine on the mean Earth radius (IUGG).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

MEAN_EARTH_RADIUS_KM = 6371.0088


class InvalidPlace(ValueError):
    """A coordinate or a speed that cannot be used."""


@dataclass(frozen=True, slots=True)
class SpeedBand:
    """``speed_km_h`` holds for the part of a drive up to ``up_to_km``."""

    up_to_km: float
    speed_km_h: float


@dataclass(frozen=True, slots=True)
class SpeedProfile:
    """How long a drive takes: road length is great circle times ``detour``, ``parking`` minutes at each end stop."""

    bands: tuple[SpeedBand, ...]
    detour: float = 1.3
    parking_minutes: float = 2.0

    def __post_init__(self) -> None:
        limits = [band.up_to_km for band in self.bands]
        if not limits or limits != sorted(set(limits)) or limits[-1] != math.inf:
            raise InvalidPlace("bands: give rising distances, the last one infinite")
        if not all(math.isfinite(band.speed_km_h) and band.speed_km_h > 0 for band in self.bands):
            raise InvalidPlace("speed_km_h: give finite speeds above 0")
        if not (math.isfinite(self.detour) and self.detour >= 1):
            raise InvalidPlace("detour: roads are not shorter than the great circle, give 1 or more")
        if not (math.isfinite(self.parking_minutes) and self.parking_minutes >= 0):
            raise InvalidPlace("parking_minutes: give minutes that are not negative")

    def minutes(self, great_circle_km: float) -> int:
        """Whole minutes, rounded up: a plan must not gain time by rounding."""
        if great_circle_km == 0:
            return 0
        left, done, total = great_circle_km * self.detour, 0.0, self.parking_minutes
        for band in self.bands:
            part = min(left, band.up_to_km - done)
            total += part * 60.0 / band.speed_km_h
            left, done = left - part, band.up_to_km
            if left <= 0:
                break
        return math.ceil(total - 1e-9)


MIXED_ROADS = SpeedProfile((SpeedBand(5.0, 30.0), SpeedBand(25.0, 55.0), SpeedBand(math.inf, 85.0)))
"""A cautious default: town streets first, then country roads, then highways."""


def great_circle_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance of two (latitude, longitude) pairs in degrees."""
    latitude_a, latitude_b = math.radians(a[0]), math.radians(b[0])
    half_latitude = (latitude_b - latitude_a) / 2
    half_longitude = math.radians(b[1] - a[1]) / 2
    chord = math.sin(half_latitude) ** 2 + math.cos(latitude_a) * math.cos(latitude_b) * math.sin(half_longitude) ** 2
    return 2 * MEAN_EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


def travel_matrix(
    places: Sequence[tuple[float, float]], profile: SpeedProfile = MIXED_ROADS
) -> tuple[tuple[int, ...], ...]:
    """Minutes between all (latitude, longitude) places, symmetric, zero on the diagonal."""
    for number, (latitude, longitude) in enumerate(places):
        if not (math.isfinite(latitude) and -90 <= latitude <= 90):
            raise InvalidPlace(f"place {number}: latitude must be between -90 and 90 degrees")
        if not (math.isfinite(longitude) and -180 <= longitude <= 180):
            raise InvalidPlace(f"place {number}: longitude must be between -180 and 180 degrees")
    rows = [[0] * len(places) for _ in places]
    for i, here in enumerate(places):
        for j in range(i):
            rows[i][j] = rows[j][i] = profile.minutes(great_circle_km(here, places[j]))
    return tuple(tuple(row) for row in rows)
