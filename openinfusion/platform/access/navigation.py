"""The side navigation: each app registers its entries in ``nav.py``; a person sees those the role may open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from openinfusion.platform.access.person import Access
from openinfusion.platform.access.roles import permission

GROUPS = ("Today", "Patients", "Pharmacy", "Logistics", "Business and quality", "Administration")


@dataclass(frozen=True, slots=True)
class Entry:
    """``count`` returns the number of open items for a person, or None; it must be one cheap query."""

    group: str
    label: str
    url_name: str
    permission: str
    order: int = 50
    count: Callable[[Access], int | None] | None = None


_entries: list[Entry] = []


def add(entry: Entry) -> None:
    """Register an entry."""
    if entry.group not in GROUPS:
        raise ValueError(f"unknown navigation group {entry.group!r}")
    permission(entry.permission)
    _entries.append(entry)


def groups_for(access: Access, *, path: str) -> list[dict[str, Any]]:
    """Navigation groups with their items for this person; the current page is marked."""
    groups = []
    for title in GROUPS:
        items = [_item(entry, access, path) for entry in _sorted(title) if access.may(entry.permission)]
        if items:
            groups.append({"title": title, "items": items})
    return groups


def _sorted(group: str) -> list[Entry]:
    return sorted((entry for entry in _entries if entry.group == group), key=lambda entry: (entry.order, entry.label))


def _item(entry: Entry, access: Access, path: str) -> dict[str, Any]:
    url = reverse(entry.url_name)
    count = entry.count(replace(access, reads=set())) if entry.count else None  # counting is not reading a chart
    return {
        "label": entry.label,
        "url": url,
        "count": count,
        "current": path == url or (url != "/" and path.startswith(url)),
    }
