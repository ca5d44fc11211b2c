"""Rows in a person's reach: program, sites, linked charts, break-glass. The one place that decides it (HZ-085)."""

from __future__ import annotations

from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.db.models import Model, Q, QuerySet

from openinfusion.core.controls import control_is_on
from openinfusion.platform.access.person import Access
from openinfusion.platform.errors import NotFound

Row = TypeVar("Row", bound=Model)


def visible(rows: QuerySet[Row], *, by: Access) -> QuerySet[Row]:
    """The rows of ``rows`` this person may see. Program rows (no patient) are for staff only."""
    model = rows.model
    if control_is_on("HZ-085"):
        rows = rows.filter(tenant_id=by.tenant_id)
    path: str | None = model.PATIENT_PATH  # type: ignore[attr-defined]
    if path is None:
        return rows if by.patient_ids is None or by.is_system else rows.none()
    by.reads.add((model._meta.label_lower, None))
    return rows.filter(_chart_rule(path, by)) if control_is_on("HZ-085") else rows


def fetch(model: type[Row], *, by: Access, rows: QuerySet[Row] | None = None, **lookup: Any) -> Row:
    """One row in reach, or ``NotFound``: never says whether it exists elsewhere. Notes the read for the audit."""
    source = model.objects.all() if rows is None else rows  # type: ignore[attr-defined]
    row = visible(source, by=by).filter(**lookup).first()
    if row is None:
        raise NotFound(str(model._meta.verbose_name))
    by.reads.add((model._meta.label_lower, patient_id_of(row)))
    return row


def reachable_patients(*, by: Access) -> QuerySet[Any, Any]:
    """Ids of the patients in reach, as a subquery: for rows of the platform that know a patient by id only."""
    return visible(apps.get_model(settings.CHART_MODEL).objects.all(), by=by).values("id")


def patient_id_of(row: Model) -> int | None:
    """The id of the patient a chart row belongs to, or None for a row of the program."""
    path: str | None = row.PATIENT_PATH  # type: ignore[attr-defined]
    if path is None:
        return None
    if path == "":
        return row.pk
    *steps, last = path.split("__")
    target: Any = row
    for step in steps:
        target = getattr(target, step)
        if target is None:
            return None
    return getattr(target, f"{last}_id")


def _chart_rule(path: str, by: Access) -> Q:
    if by.is_system:
        return Q()
    to_id, to_site = (f"{path}_id", f"{path}__site_id") if path else ("id", "site_id")
    to_restricted = f"{path}__is_restricted" if path else "is_restricted"
    if by.patient_ids is not None:
        return Q(**{f"{to_id}__in": by.patient_ids})
    rule = Q(**{to_restricted: False})
    if by.site_ids is not None:
        rule &= Q(**{f"{to_site}__in": by.site_ids})
    return rule | Q(**{f"{to_id}__in": by.opened_ids}) if by.opened_ids else rule
