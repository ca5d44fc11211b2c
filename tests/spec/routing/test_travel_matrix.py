"""Driving minutes from coordinates: great circle on the mean Earth radius (IUGG 6371.0088 km), whole minutes up."""

from __future__ import annotations

import math

import pytest

from openinfusion.core.routing.travel import (
    InvalidPlace,
    SpeedBand,
    SpeedProfile,
    great_circle_km,
    travel_matrix,
)

EVEN = SpeedProfile((SpeedBand(math.inf, 60.0),), detour=1.0, parking_minutes=0.0)


@pytest.mark.parametrize(
    ("a", "b", "km"),
    [
        ((0.0, 0.0), (0.0, 0.0), 0.0),
        ((0.0, 0.0), (0.0, 1.0), 111.195),  # one degree of the equator: 2 pi R / 360
        ((0.0, 0.0), (0.0, 180.0), 20015.115),  # half the circumference
        ((90.0, 0.0), (-90.0, 0.0), 20015.115),
        ((40.6413, -73.7781), (33.9416, -118.4085), 3974.3),  # JFK to LAX, published great circle 3,974 km
        ((0.0, 179.5), (0.0, -179.5), 111.195),  # across the date line
    ],
)
def test_great_circle(a: tuple[float, float], b: tuple[float, float], km: float) -> None:
    assert great_circle_km(a, b) == pytest.approx(km, abs=1.0)


def test_speed_bands_detour_and_parking_add_up() -> None:
    """10 km by air is 13 km of road: 5 km at 30 km/h and 8 km at 60 km/h are 18 minutes, and 2 to park."""
    profile = SpeedProfile((SpeedBand(5.0, 30.0), SpeedBand(math.inf, 60.0)), detour=1.3, parking_minutes=2.0)
    assert profile.minutes(10.0) == 20
    assert profile.minutes(10.01) == 21
    assert profile.minutes(0.0) == 0


def test_matrix_is_whole_symmetric_and_zero_on_the_diagonal() -> None:
    places = [(40.7, -74.0), (40.8, -73.9), (40.7, -74.0), (41.2, -73.2)]
    matrix = travel_matrix(places)
    assert all(isinstance(minutes, int) for row in matrix for minutes in row)
    assert all(matrix[i][j] == matrix[j][i] for i in range(4) for j in range(4))
    assert [matrix[i][i] for i in range(4)] == [0] * 4
    assert matrix[0][2] == 0
    assert matrix[0][1] < matrix[0][3]
    assert travel_matrix([(0.0, 0.0), (0.0, 1.0)], EVEN)[0][1] == 112


@pytest.mark.parametrize("place", [(91.0, 0.0), (0.0, 181.0), (math.nan, 0.0), (0.0, math.inf)])
def test_impossible_coordinates_are_refused(place: tuple[float, float]) -> None:
    with pytest.raises(InvalidPlace, match="place 1"):
        travel_matrix([(0.0, 0.0), place])


@pytest.mark.parametrize(
    "make",
    [
        lambda: SpeedProfile(()),
        lambda: SpeedProfile((SpeedBand(10.0, 50.0),)),
        lambda: SpeedProfile((SpeedBand(math.inf, 0.0),)),
        lambda: SpeedProfile((SpeedBand(math.inf, 50.0),), detour=0.9),
        lambda: SpeedProfile((SpeedBand(math.inf, 50.0),), parking_minutes=-1.0),
    ],
)
def test_impossible_profiles_are_refused(make: object) -> None:
    with pytest.raises(InvalidPlace):
        make()  # type: ignore[operator]
