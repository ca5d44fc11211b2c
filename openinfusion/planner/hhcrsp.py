"""Instances and solutions of the home health care routing benchmark (HHCRSP), all four published families.

For comparing the planner with the literature. Format and objective: instance files of the University of Udine's
collection (MIT); Mankowska et al. 2014, Kummer et al. 2021, Ceschia, Di Gaspero, Schaerf 2025.
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from openinfusion.core.routing.plan import Plan
from openinfusion.core.routing.problem import (
    ANYWHERE,
    NO_EXPIRY,
    Caregiver,
    NursePolicy,
    Pair,
    Problem,
    Skill,
    Visit,
    Weights,
    Window,
)
from openinfusion.core.routing.validation import require_sound

ANY_DAY = date(2026, 1, 1)
"""The benchmark has no calendar."""

SEPARATOR = "/"
"""Between patient and service in a visit's id."""

_NOTHING = dict.fromkeys(
    ("overtime", "not_primary", "new_face", "pair_split", "changed_nurse", "moved_start", "unplaced"), 0.0
)
BASE_WEIGHTS = Weights(travel=1 / 3, tardiness=1 / 3, max_tardiness=1 / 3, **_NOTHING)
"""The objective of the three base families: the mean of travel, total and largest tardiness."""

EXTENDED_WEIGHTS = Weights(travel=1.0, tardiness=1.0, max_tardiness=1.0, **{**_NOTHING, "overtime": 1.0})
"""The extended family publishes no weights: each component counts once."""


class InvalidInstance(ValueError):
    """The file is not an instance; the text names the field and the remedy."""


def read_instance(path: Path) -> Problem:
    """The problem in a JSON file, plain or gzipped."""
    try:
        raw = path.read_bytes()
        if path.suffix == ".gz":
            raw = gzip.decompress(raw)
        data = json.loads(raw)
    except OSError as error:
        raise InvalidInstance(f"cannot read the file: {error.strerror or error}") from error
    except (ValueError, EOFError) as error:
        raise InvalidInstance(f"not JSON: {error}") from error
    return problem_from(data)


def problem_from(data: Any) -> Problem:
    """The problem described by an instance's JSON."""
    top = _mapping(data, "the instance")
    is_extended = "departing_points" in top
    depots = _list(top.get("departing_points") or top.get("central_offices"), "central_offices")
    depot_row = {_text(d, "id", "depot"): _row(d, i, "depot") for i, d in enumerate(depots)}
    if not depot_row:
        raise InvalidInstance("central_offices: give at least one depot")
    default = {
        _text(s, "id", "service"): _mapping(s, "service").get("default_duration")
        for s in _list(top.get("services"), "services")
    }
    visits: list[Visit] = []
    pairs: list[Pair] = []
    for number, patient in enumerate(_list(top.get("patients"), "patients")):
        _read_patient(_mapping(patient, f"patient {number}"), len(depots) + number, default, visits, pairs)
    only_depot = next(iter(depot_row))
    problem = Problem(
        day=ANY_DAY,
        caregivers=tuple(
            _caregiver(_mapping(c, "caregiver"), depot_row, only_depot)
            for c in _list(top.get("caregivers"), "caregivers")
        ),
        visits=tuple(visits),
        travel=_matrix(top.get("distances")),
        pairs=tuple(pairs),
        weights=EXTENDED_WEIGHTS if is_extended else BASE_WEIGHTS,
    )
    require_sound(problem)
    return problem


def solution_from(plan: Plan) -> dict[str, Any]:
    """The plan in the solution format of the benchmark's checker."""
    routes = []
    for route in plan.routes:
        visits = []
        for stop in route.stops:
            patient, service = stop.visit_id.split(SEPARATOR, 1)
            visits.append(
                {
                    "patient": patient,
                    "service": service,
                    "arrival": stop.arrival,
                    "start": stop.start,
                    "end": stop.end,
                }
            )
        routes.append({"caregiver": route.caregiver_id, "visits": visits})
    return {"routes": routes}


def _read_patient(
    patient: Mapping[str, Any], row: int, default: Mapping[str, Any], visits: list[Visit], pairs: list[Pair]
) -> None:
    name = _text(patient, "id", "patient")
    where = f"patient {name!r}"
    if SEPARATOR in name:
        raise InvalidInstance(f"{where}: its id must not contain {SEPARATOR!r}")
    needs = _list(patient.get("required_caregivers") or patient.get("required_services"), f"{where} services")
    if len(needs) not in (1, 2):
        raise InvalidInstance(f"{where}: requires {len(needs)} services, one or two are possible")
    window = patient.get("time_window")
    opens, closes = (0.0, math.inf) if window is None else _two(window, f"{where} time_window")
    ids = []
    for need in needs:
        service = _text(need, "service", where)
        if service not in default:
            raise InvalidInstance(f"{where}: service {service!r} is not among the services")
        duration = need.get("duration")
        duration = default[service] if duration is None else duration
        ids.append(f"{name}{SEPARATOR}{service}")
        visits.append(
            Visit(
                id=ids[-1],
                patient_id=name,
                place=_row(patient, row, where),
                duration=_number(duration, f"{where} duration of {service}"),
                window=Window(opens, closes),
                licence_place=ANYWHERE,
                skills=frozenset({service}),
                incompatible=frozenset(patient.get("incompatible_caregivers") or ()),
                drop_cost=math.inf,
            )
        )
    if len(needs) == 2:
        low, high = _gap(patient.get("synchronization"), where)
        pairs.append(Pair(ids[0], ids[1], low, high, NursePolicy.DIFFERENT))


def _gap(sync: Any, where: str) -> tuple[float, float]:
    if sync is None:
        raise InvalidInstance(f"{where}: has two services and no synchronization")
    kind = _text(sync, "type", f"{where} synchronization")
    if kind == "simultaneous":
        return 0.0, 0.0
    if kind == "sequential":
        return _two(sync.get("distance"), f"{where} synchronization distance")
    raise InvalidInstance(f"{where}: synchronization {kind!r} is neither simultaneous nor sequential")


def _caregiver(data: Mapping[str, Any], depot_row: Mapping[str, int], only_depot: str) -> Caregiver:
    name = _text(data, "id", "caregiver")
    depot = data.get("starting_point_id") or data.get("departing_point") or only_depot
    if depot not in depot_row:
        raise InvalidInstance(f"caregiver {name!r}: starting point {depot!r} is not among the depots")
    shift = data.get("working_shift")
    start, end = (0.0, math.inf) if shift is None else _two(shift, f"caregiver {name!r} working_shift")
    return Caregiver(
        id=name,
        home=depot_row[depot],
        skills=tuple(
            Skill(str(ability), NO_EXPIRY)
            for ability in _list(data.get("abilities"), f"caregiver {name!r} abilities", may_be_empty=True)
        ),
        shift_start=start,
        shift_end=end,
        overtime_limit=math.inf,
    )


def _matrix(rows: Any) -> tuple[tuple[float, ...], ...]:
    return tuple(
        tuple(_number(value, f"distances row {number}") for value in _list(row, f"distances row {number}"))
        for number, row in enumerate(_list(rows, "distances"))
    )


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidInstance(f"{where} must be a JSON object")
    return value


def _list(value: Any, where: str, *, may_be_empty: bool = False) -> list[Any]:
    if not isinstance(value, list) or not (value or may_be_empty):
        raise InvalidInstance(f"{where} must be a list that is not empty")
    return value


def _text(value: Any, field: str, where: str) -> str:
    found = _mapping(value, where).get(field)
    if not isinstance(found, str) or not found:
        raise InvalidInstance(f"{where}: {field} must be a text")
    return found


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidInstance(f"{where}: {value!r} is not a finite number")
    return float(value)


def _two(value: Any, where: str) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise InvalidInstance(f"{where}: give two numbers, the lower one first")
    return _number(value[0], where), _number(value[1], where)


def _row(value: Any, otherwise: int, where: str) -> int:
    row = _mapping(value, where).get("distance_matrix_index", otherwise)
    if isinstance(row, bool) or not isinstance(row, int):
        raise InvalidInstance(f"{where}: distance_matrix_index must be a whole number")
    return row
