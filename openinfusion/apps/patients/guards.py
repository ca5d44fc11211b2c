"""The guards before a write: the chart is in reach, and everything named belongs to the same person
(HZ-001).
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from openinfusion.apps.patients.models import Episode, Patient
from openinfusion.core.controls import control_is_on
from openinfusion.platform.access import Access, fetch
from openinfusion.platform.access.reach import patient_id_of
from openinfusion.platform.errors import Refused

_OTHER = "This belongs to another patient or another episode. Nothing was changed. Check whose it is and start again."


def chart(patient: Patient, *, by: Access) -> Patient:
    """The patient row, fresh and locked for the transaction, or ``NotFound`` when out of reach."""
    return fetch(Patient, by=by, rows=Patient.objects.select_for_update(of=("self",)), pk=patient.pk)


def own_episode(episode: Episode, *, by: Access) -> Episode:
    """The episode row, fresh and locked, or ``NotFound`` when its chart is out of reach."""
    rows = Episode.objects.select_for_update(of=("self",)).select_related("patient")
    return fetch(Episode, by=by, rows=rows, pk=episode.pk)


def same_patient(patient_id: int, *rows: Model | None) -> None:
    """Refuse when a row belongs to another patient. ``None`` rows are skipped."""
    for row in rows:
        if row is not None and patient_id_of(row) != patient_id:
            _refuse()


def same_episode(episode_id: int, *rows: Model | None) -> None:
    """Refuse when a row belongs to another episode; a row of the chart alone must be of the episode's
    patient.
    """
    patient_id: int | None = None
    for row in rows:
        if row is None:
            continue
        found, its_episode = episode_id_of(row)
        if found:
            if its_episode != episode_id:
                _refuse()
            continue
        if patient_id is None:
            patient_id = Episode.objects.values_list("patient_id", flat=True).get(pk=episode_id)
        same_patient(patient_id, row)


def episode_id_of(row: Model) -> tuple[bool, int | None]:
    """Whether a row names an episode, and which."""
    if isinstance(row, Episode):
        return True, row.pk
    if hasattr(row, "episode_id"):
        return True, row.episode_id
    path: str | None = getattr(row, "PATIENT_PATH", None)
    if path is None:
        raise TypeError(f"{row._meta.label} belongs to no patient")
    target: Any = row
    for step in path.split("__")[:-1] if path else []:
        target = getattr(target, step)
        if target is None:
            return True, None
        if isinstance(target, Episode):
            return True, target.pk
        if hasattr(target, "episode_id"):
            return True, target.episode_id
    return False, None


def _refuse() -> None:
    if control_is_on("HZ-001"):
        raise Refused("other_patient", _OTHER)
