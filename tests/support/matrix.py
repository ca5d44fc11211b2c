"""Helpers of the authorization matrix: every route of the product, and a row of every model in a given program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from openinfusion.platform.tenancy.models import TenantRow

_LIBRARIES = ("allauth.", "django.", "whitenoise.")
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """One address: its pattern, view, and how many of its parts are parameters."""

    pattern: str
    view: Any

    @property
    def parameters(self) -> list[tuple[str, str]]:
        return [(kind or "str", name) for kind, name in _PARAMETER.findall(self.pattern)]

    def path(self, pk: int) -> str:
        """The address with ``pk`` in every numeric part."""
        return "/" + _PARAMETER.sub(lambda found: str(pk) if found[1] in ("int", None) else "1", self.pattern)

    @property
    def is_library(self) -> bool:
        return self.view.__module__.startswith(_LIBRARIES)


def routes() -> Iterator[Route]:
    """Every route, from the resolver itself, so that none can be forgotten."""

    def walk(patterns: list[Any], prefix: str) -> Iterator[Route]:
        for entry in patterns:
            here = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, here)
            elif isinstance(entry, URLPattern):
                yield Route(here.replace("^", "").replace("$", ""), entry.callback)

    yield from walk(get_resolver().url_patterns, "")


class Rows:
    """Makes one row of every program model, all with the same id, so that any address with that id meets a row."""

    def __init__(self, tenant: Any, pk: int, moment: Any) -> None:
        self.tenant, self.pk, self.moment = tenant, pk, moment
        self.made: dict[type[models.Model], models.Model] = {}

    def make_all(self) -> dict[type[models.Model], models.Model]:
        for model in apps.get_models():
            if issubclass(model, TenantRow) and model._meta.label != "audit.AuditEntry":  # its chain is real
                self.row(model)
        return self.made

    def row(self, model: type[models.Model]) -> models.Model:
        if model not in self.made:
            values = {field.name: self._value(field) for field in model._meta.concrete_fields if self._is_needed(field)}
            self.made[model] = model(pk=self.pk, **values)
            model._base_manager.bulk_create([self.made[model]])
        return self.made[model]

    @staticmethod
    def _is_needed(field: models.Field) -> bool:
        return not field.primary_key and (field.name == "tenant" or not (field.null or field.has_default()) or
                                          (isinstance(field, models.ForeignKey) and not field.null))  # fmt: skip

    def _value(self, field: models.Field) -> Any:
        if field.name == "tenant":
            return self.tenant
        if isinstance(field, models.ForeignKey):
            target = field.related_model
            return self.row(target) if issubclass(target, TenantRow) else self._person(target)
        if field.choices:
            return field.choices[0][0]
        for kind, value in (
            (models.DateTimeField, self.moment), (models.DateField, date(2026, 11, 24)), (models.TimeField, time(8)),
            (models.BooleanField, True), (models.JSONField, {}), (models.BinaryField, b"x"),
            (models.EmailField, "x@example.org"),
            ((models.IntegerField, models.FloatField, models.DecimalField), 1),
        ):  # fmt: skip
            if isinstance(field, kind):
                return value
        if "time_zone" in field.name:
            return "America/Chicago"
        return str(self.pk)[-(field.max_length or 10) :]

    def _person(self, model: type[models.Model]) -> models.Model:
        """Somebody nobody signs in as."""
        found, _ = model._base_manager.get_or_create(
            email=f"row-{self.pk}@x.example", defaults={"name": "Nobody", "created_at": self.moment}
        )
        return found
