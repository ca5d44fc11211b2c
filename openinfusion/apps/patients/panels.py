"""What higher apps put on the episode page: panels, chips, buttons and tabs, each registered in the app's
``panels.py``.

``patients`` is the lowest app and imports none of the others. An app that has something to show for an
episode writes a module ``openinfusion/apps/<app>/panels.py`` (found by itself at start-up) like this::

    from openinfusion.apps.patients.public import Panel, Tab, add_panel, add_tab

    def current_order(request, episode):
        order = public.active_order(episode)
        if order is None:
            return None                      # nothing to show: the panel is left out
        return {"order": present(order), "note": "Version 2, verified"}

    add_panel(Panel("order", "Current order", 10, current_order, policies.SEE, "pharmacy/panels/order.html"))
    add_tab(Tab("orders", "Orders", 20, lambda episode: reverse("pharmacy:orders", args=[episode.pk]),
    policies.SEE))

* A panel's template draws the inside; the page draws the frame: ``<section class="panel">`` with the title
  as heading and the context's ``note`` (text at the right), ``chip`` ((verdict, label)) and ``foot`` (text
  under the panel). Wrap plain content in ``<div class="panel__body">``; lists such as findings fill the
  frame. ``framed=False`` draws everything itself.
* ``column``: "main" (wide) or "side". ``order``: now 10, order 20, findings 30, ... own panels of
  ``patients`` are the people (side 40), consents (side 80) and the time line (main 90).
* A render function reads only, by ``request.access``, in a bounded number of queries; it gets the episode
  with its patient loaded. Its context also holds ``episode``, ``patient`` and ``panel``.
* ``add_chip``: a small verdict beside the title, such as the readiness gate; the function returns (verdict,
  label) or None.
* ``add_action``: a button of the page head; the function returns a ``ui.shapes.Action`` (with its refusal)
  or None.
* A person without the permission does not see the panel, chip, button or tab, and its function is not called.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from openinfusion.apps.patients.models import Episode
from openinfusion.platform.access import Access, Request
from openinfusion.platform.access.roles import permission

COLUMNS = ("main", "side")


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the episode page."""

    key: str
    title: str
    order: int
    render: Callable[[Request, Episode], dict[str, Any] | None]
    permission: str
    template: str
    column: str = "main"
    framed: bool = True


@dataclass(frozen=True, slots=True)
class Chip:
    """A verdict beside the title: (verdict, label), such as ("blocked", "Blocked: kit expired")."""

    key: str
    order: int
    render: Callable[[Request, Episode], tuple[str, str] | None]
    permission: str


@dataclass(frozen=True, slots=True)
class HeadAction:
    """A button in the head of the page."""

    key: str
    order: int
    render: Callable[[Request, Episode], Any]
    permission: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A link to another page of the same episode."""

    key: str
    label: str
    order: int
    url: Callable[[Episode], str]
    permission: str


_Part = TypeVar("_Part", Panel, Chip, HeadAction, Tab)
_panels: dict[str, Panel] = {}
_chips: dict[str, Chip] = {}
_actions: dict[str, HeadAction] = {}
_tabs: dict[str, Tab] = {}


def add_panel(panel: Panel) -> None:
    """Register a panel. A key used twice, an unknown column or permission is a programming error."""
    if panel.column not in COLUMNS:
        raise ValueError(f"unknown column {panel.column!r}")
    _add(_panels, panel)


def add_chip(chip: Chip) -> None:
    _add(_chips, chip)


def add_action(action: HeadAction) -> None:
    _add(_actions, action)


def add_tab(tab: Tab) -> None:
    _add(_tabs, tab)


def panels_for(access: Access, *, column: str) -> list[Panel]:
    """The panels of a column this person may see, in order."""
    return [panel for panel in _allowed(_panels, access) if panel.column == column]


def chips_for(access: Access) -> list[Chip]:
    return _allowed(_chips, access)


def actions_for(access: Access) -> list[HeadAction]:
    return _allowed(_actions, access)


def tabs_for(access: Access) -> list[Tab]:
    return _allowed(_tabs, access)


def _add(register: dict[str, _Part], part: _Part) -> None:
    permission(part.permission)
    if part.key in register:
        raise ValueError(f"{type(part).__name__} {part.key!r} is registered twice")
    register[part.key] = part


def _allowed(register: dict[str, _Part], access: Access) -> list[_Part]:
    return sorted(
        (part for part in register.values() if access.may(part.permission)),
        key=lambda part: (part.order, part.key),
    )
