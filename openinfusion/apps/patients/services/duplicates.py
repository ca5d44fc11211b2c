"""Is this person already known? Looked up over the whole program, whoever asks; only a person decides
(HZ-002).

The database narrows by birth date, name, phone and identifiers; ``core.identity`` judges what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from openinfusion.apps.patients.models import Patient, PatientIdentifier
from openinfusion.core.identity import (
    IdentityRecord,
    MatchVerdict,
    PersonName,
    find_matches,
    identifier_key,
    name_key,
    phone_key,
)
from openinfusion.platform.access import Access, visible
from openinfusion.platform.errors import Refused

#: More rows than this are not compared one by one; a name that common still matches by birth date.
MOST_COMPARED = 2000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patient who may be the same person. Out of reach, only the fact is told: name and numbers stay
    empty.
    """

    patient_id: int
    in_reach: bool
    is_same: bool
    score: int
    reasons: tuple[str, ...]
    name: str = ""
    mrn: str = ""
    birth_date: date | None = None


class PossibleDuplicate(Refused):
    """Registration stopped: these charts may be the same person. Confirm to register another."""

    def __init__(self, candidates: tuple[Candidate, ...]) -> None:
        super().__init__(
            "possible_duplicate",
            "This may be somebody who already has a chart. Compare with the charts listed, "
            "then use the chart found or confirm that this is another person.",
        )
        self.candidates = candidates


def find_candidates(
    *,
    family_name: str,
    given_name: str,
    birth_date: date | None,
    phone: str = "",
    identifiers: tuple[tuple[str, str], ...] = (),
    memberships: tuple[tuple[str, str], ...] = (),
    by: Access,
    except_id: int | None = None,
) -> tuple[Candidate, ...]:
    """Charts of the program that are the same or possibly the same person, most alike first."""
    wanted = IdentityRecord(
        names=(PersonName(family_name, given_name),),
        birth_date=birth_date,
        phones=(phone,) if phone else (),
        identifiers=identifiers,
        memberships=memberships,
    )
    rows = {row.pk: row for row in _narrow(wanted, except_id)}
    matches = find_matches(wanted, _records(rows))
    reach = set(visible(Patient.objects.filter(pk__in=rows), by=by).values_list("pk", flat=True))
    return tuple(
        _candidate(rows[int(one.key)], one.verdict is MatchVerdict.SAME, one.score, one.reasons, reach)
        for one in matches
    )


def _narrow(wanted: IdentityRecord, except_id: int | None) -> list[Patient]:
    name = wanted.names[0]
    family, given = name_key(name.family), name_key(name.given)
    rule = Q(family_key=family) | Q(family_key=given) | Q(given_key=given, family_key__startswith=family[:1])
    for day in _near_days(wanted.birth_date):
        rule |= Q(birth_date=day)
    if phones := [key for key in map(phone_key, wanted.phones) if key]:
        rule |= Q(phone_digits__in=phones)
    values = [identifier_key(value) for _, value in (*wanted.identifiers, *wanted.memberships)]
    if values:
        rule |= Q(pk__in=PatientIdentifier.objects.filter(value_key__in=values).values("patient_id"))
    rows = Patient.objects.filter(rule).order_by("pk")
    if except_id is not None:
        rows = rows.exclude(pk=except_id)
    return list(rows[:MOST_COMPARED])


def _near_days(day: date | None) -> list[date]:
    """The day itself and the day with month and day exchanged."""
    if day is None:
        return []
    return [day, day.replace(month=day.day, day=day.month)] if day.day <= 12 else [day]


def _records(rows: dict[int, Patient]) -> list[IdentityRecord]:
    others: dict[int, list[PatientIdentifier]] = {}
    for one in PatientIdentifier.objects.filter(patient_id__in=rows):
        others.setdefault(one.patient_id, []).append(one)
    return [_record(row, others.get(row.pk, [])) for row in rows.values()]


def _record(row: Patient, identifiers: list[PatientIdentifier]) -> IdentityRecord:
    names = [PersonName(row.family_name, row.given_name)]
    if row.preferred_name:
        names.append(PersonName(row.family_name, row.preferred_name))
    member = PatientIdentifier.Kind.MEMBER
    return IdentityRecord(
        names=tuple(names),
        birth_date=row.birth_date,
        phones=(row.phone,) if row.phone else (),
        memberships=tuple((one.system, one.value) for one in identifiers if one.kind == member),
        identifiers=tuple((one.system, one.value) for one in identifiers if one.kind != member),
        key=str(row.pk),
    )


def _candidate(row: Patient, is_same: bool, score: int, reasons: tuple[str, ...], reach: set[int]) -> Candidate:
    if row.pk not in reach:
        return Candidate(row.pk, False, is_same, score, ("a chart you may not open",))
    return Candidate(row.pk, True, is_same, score, reasons, row.full_name, row.mrn, row.birth_date)
