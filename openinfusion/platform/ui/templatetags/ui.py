"""``{% load ui %}``: every component of the design system, and the filters that write values for people.

Arguments named ``*_shape`` in the text below take the dataclass of ``ui.shapes`` or a dict with its keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.core.paginator import Page
from django.http import HttpRequest
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _

from openinfusion.core.controls import control_is_on
from openinfusion.platform import clock
from openinfusion.platform.ui import charts, formats, icons, verdicts
from openinfusion.platform.ui.shapes import Vital
from openinfusion.platform.ui.templatetags import ui_filters, ui_forms

register = template.Library()
for _name, _filter in ui_filters.FILTERS.items():
    register.filter(_name, filter_func=_filter)
register.tags.update(ui_forms.register.tags)


def value_of(shape: Any, name: str, default: Any = None) -> Any:
    """A field of a shape or of a dict."""
    return shape.get(name, default) if isinstance(shape, Mapping) else getattr(shape, name, default)


# -- Small signs -------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    """``{% icon "ready" %}``: inline SVG, hidden from screen readers. Names: ``icons.NAMES``."""
    return icons.icon(name)


@register.inclusion_tag("ui/components/chip.html")
def chip(verdict: Any, label: str = "") -> dict[str, Any]:
    """``{% chip "blocked" %}``, ``{% chip "action" "Infusing" %}``: shape and word. Unrecognised is "Not known"."""
    sign = verdicts.sign_of(verdict)
    return {"sign": sign, "label": label or sign.word}


@register.inclusion_tag("ui/components/dots.html")
def dots(conditions: Iterable[Any]) -> dict[str, Any]:
    """``{% dots gate.conditions %}``: one mark per condition, with the counts in words."""
    signs = [verdicts.sign_of(value_of(condition, "verdict")) for condition in conditions]
    return {"signs": signs, "counts": _counts(signs)}


def _counts(signs: Sequence[verdicts.Sign]) -> dict[str, int]:
    return {sign.key: signs.count(sign) for sign in (verdicts.READY, verdicts.RISK, verdicts.BLOCKED, verdicts.UNKNOWN)}


@register.inclusion_tag("ui/components/prio.html")
def prio(priority: str, count: int | None = None) -> dict[str, Any]:
    """``{% prio "high" %}``: the alarm shape with its word; ``count`` for a summary line."""
    return {"priority": priority, "sign": icons.priority_sign(priority), "count": count}


@register.simple_tag
def drug(name: str) -> SafeString:
    """``{% drug order.generic_name %}``: generic name, bold, tall-man letters."""
    return format_html('<b class="drug">{}</b>', ui_filters.tall_man(name))


@register.inclusion_tag("ui/components/drug_line.html")
def drug_line(
    name: str, dose: str = "", form: str = "", route: str = "", brand: str = "", strength: str = ""
) -> dict[str, Any]:
    """``{% drug_line name dose="24 g" form="in 240 mL" route="intravenous" %}``: generic first, DOSE, then the rest."""
    return {"name": name, "dose": dose, "form": form, "route": route, "brand": brand, "strength": strength}


@register.inclusion_tag("ui/components/data_age.html")
def data_age(seconds: int | None, limit: int = 300) -> dict[str, Any]:
    """``{% data_age 12 %}``: "12 s old", counted on by script; ``limit`` seconds make it old in words (HZ-032)."""
    old = seconds is None or (control_is_on("HZ-032") and seconds > limit)
    return {"seconds": seconds, "limit": limit, "is_old": old, "text": ui_filters.seconds(seconds)}


# -- Patient and care ----------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/components/patient_banner.html")
def patient_banner(patient: Any, on: date | None = None) -> dict[str, Any]:
    """``{% patient_banner patient_shape %}`` (shapes.BannerPatient): who it is, allergies with reaction, weight with date.

    ``on`` is the day the age is counted to, in the patient's zone; today in UTC when left out.
    """
    born = value_of(patient, "born")
    day = on or clock.now().date()
    return {"patient": patient, "age": formats.format_age(born, day) if born and born <= day else ""}


@register.inclusion_tag("ui/components/gate.html")
def gate(gate: Any, heading_id: str = "gate", action: Any = None) -> dict[str, Any]:
    """``{% gate gate_shape %}`` (shapes.Gate): verdict, then conditions that stand in the way, then the rest.

    ``action`` (shapes.Action) is the button under it, with its refusal.
    """
    conditions = [(verdicts.sign_of(value_of(one, "verdict")), one) for one in value_of(gate, "conditions", ())]
    weight = {"blocked": 0, "unknown": 1, "risk": 2, "ready": 3}
    conditions.sort(key=lambda pair: weight.get(pair[0].key, 1))
    signs = [sign for sign, _condition in conditions]
    sign = verdicts.sign_of(value_of(gate, "verdict"))
    return {
        "gate": gate,
        "sign": sign,
        "css": "blocked" if sign is verdicts.UNKNOWN else sign.css,
        "conditions": conditions,
        "not_ready": sum(one is not verdicts.READY for one in signs),
        "total": len(signs),
        "heading_id": heading_id,
        "action": action,
    }


@register.inclusion_tag("ui/components/findings.html")
def findings(
    findings: Iterable[Any], checked: int | None = None, not_checked: Sequence[str] = (), rules: str = ""
) -> dict[str, Any]:
    """``{% findings list checked=22 not_checked=texts rules="2026.11.2" %}``: core findings or shapes.ShownFinding.

    Gravest first. Says how many checks were made and lists those that were not; never says "safe".
    """
    rows = [(verdicts.severity_sign(value_of(one, "severity")), _finding(one)) for one in findings]
    rows.sort(key=lambda pair: -verdicts.gravity(pair[0].key))
    return {"rows": rows, "checked": checked, "not_checked": list(not_checked), "rules": rules}


def _finding(one: Any) -> dict[str, Any]:
    subject = value_of(one, "subject", "")
    return {
        "detail": value_of(one, "detail"),
        "datum": _link(value_of(one, "datum") or subject),
        "rule": _link(value_of(one, "rule")),
        "source": _link(value_of(one, "source")),
        "reason": value_of(one, "reason", ""),
        "reason_by": value_of(one, "reason_by", ""),
        "actions": value_of(one, "actions", ()),
        "reason_field": value_of(one, "reason_field", ""),
    }


def _link(value: Any) -> Any:
    return {"text": value, "url": ""} if isinstance(value, str) else value


@register.inclusion_tag("ui/components/finding_counts.html")
def finding_counts(findings: Iterable[Any]) -> dict[str, Any]:
    """``{% finding_counts list %}``: how many block, interrupt, inform; for the head of a panel."""
    signs = [verdicts.severity_sign(value_of(one, "severity")) for one in findings]
    order = ("block", "interrupt", "inform")
    shown = [(verdicts.severity_sign(key), sum(sign.key == key for sign in signs)) for key in order]
    return {"counts": [pair for pair in shown if pair[1]]}


@register.inclusion_tag("ui/components/journey.html")
def journey(steps: Sequence[Any], label: str = "") -> dict[str, Any]:
    """``{% journey steps %}`` (shapes.Step): the ten steps of a dose, done, now, stopped or ahead, in words."""
    words = {"done": _("done"), "now": _("now"), "stop": _("stopped here"), "ahead": _("still ahead")}
    rows = [(one, value_of(one, "state"), words.get(value_of(one, "state"), words["ahead"])) for one in steps]
    return {"rows": rows, "label": label or _("Steps of this dose")}


@register.inclusion_tag("ui/components/timeline.html")
def timeline(events: Sequence[Any], zone: Any = None) -> dict[str, Any]:
    """``{% timeline events zone=patient.zone %}`` (shapes.Event): latest first, as the events come."""
    return {"events": events, "zone": zone}


@register.inclusion_tag("ui/components/infusion.html")
def infusion(infusion: Any, label: str = "", size: str = "") -> dict[str, Any]:
    """``{% infusion infusion_shape label="SAMPLEFORD, Marigold" %}`` (shapes.Infusion); ``size``: "s" or "2".

    A pump silent for longer than ``stale_after_s`` shows no number as current; the page itself goes stale the same
    way when nothing new arrives (HZ-032).
    """
    age, limit = value_of(infusion, "message_age_s"), value_of(infusion, "stale_after_s", 300)
    is_silent = (age is None or age > limit) and control_is_on("HZ-032")
    return {"infusion": infusion, "label": label, "size": size, "is_silent": is_silent, "age": age, "limit": limit}


@register.inclusion_tag("ui/components/alarm.html")
def alarm(alarm: Any, zone: Any = None, heading: int = 3) -> dict[str, Any]:
    """``{% alarm alarm_shape zone=patient.zone %}`` (shapes.Alarm): priority, age, device and receive time, owner, first act."""
    priority = value_of(alarm, "priority")
    return {
        "alarm": alarm,
        "zone": zone,
        "css": {"high": "high", "medium": "med", "low": "low"}[priority],
        "sign": icons.priority_sign(priority),
        "is_late": bool(value_of(alarm, "is_late")) and control_is_on("HZ-048"),
        "heading": heading,
    }


@register.inclusion_tag("ui/components/vital.html")
def vital(vital: Vital) -> dict[str, Any]:
    """``{% vital vital_shape %}`` (shapes.Vital): latest value, every raw reading, lowest and highest ringed."""
    return {"vital": vital, "spark": charts.sparkline(vital)}


# -- Facts, figures, charts --------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/components/summary_list.html")
def summary_list(facts: Iterable[Any]) -> dict[str, Any]:
    """``{% summary_list facts %}``: (label, value) pairs or shapes.Fact; an empty value is "Not known"."""
    rows = [{"label": one[0], "value": one[1]} if isinstance(one, tuple) else one for one in facts]
    return {"facts": rows}


@register.inclusion_tag("ui/components/figure.html")
def figure(
    label: str,
    value: Any,
    unit: str = "",
    numerator: int | None = None,
    denominator: int | None = None,
    range: str = "",
    note: str = "",
) -> dict[str, Any]:
    """``{% figure "Doses given as planned" "98.6" unit="%" numerator=2911 denominator=2953 range="98.1 to 99.0 %" %}``."""
    count = None if numerator is None or denominator is None else formats.format_count(numerator, denominator)
    return {"label": label, "value": value, "unit": unit, "count": count, "range": range, "note": note}


@register.inclusion_tag("ui/components/bar_chart.html")
def bar_chart(bars: Sequence[Any], title: str, prefix: str = "", suffix: str = "") -> dict[str, Any]:
    """``{% bar_chart bars title="Cost of one day" prefix="$" %}`` (shapes.Bar): labelled bars, whiskers where known."""
    return charts.bar_chart(bars, title=title, prefix=prefix, suffix=suffix)


@register.inclusion_tag("ui/components/line_chart.html")
def line_chart(
    points: Sequence[Any], title: str, unit: str = "", reference: Any = None, reference_text: str = ""
) -> dict[str, Any]:
    """``{% line_chart points title="Visits ready" unit="%" %}`` (shapes.Point): each point with its count."""
    return charts.line_chart(points, title=title, unit=unit, reference=reference, reference_text=reference_text)


@register.inclusion_tag("ui/components/step_chart.html")
def step_chart(steps: Sequence[Any], now_minute: Any = None, now_text: str = "") -> dict[str, Any]:
    """``{% step_chart steps now_minute=72 now_text="now 10:42" %}`` (charts.RateStep): the rate steps of an order."""
    return charts.step_chart(steps, now_minute=now_minute, now_text=now_text)


# -- Lists, buttons, messages ---------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/components/queue_table.html")
def queue_table(table: Any) -> dict[str, Any]:
    """``{% queue_table table_shape %}`` (shapes.Table): a queue; j and k move, Enter opens; cards on a phone."""
    columns = list(value_of(table, "columns"))
    rows = [
        {
            "is_selected": value_of(row, "is_selected", False),
            "cells": [_cell(cell, columns[at], at == value_of(row, "header_at", 0)) for at, cell in _cells(row)],
        }
        for row in value_of(table, "rows")
    ]
    return {"table": table, "columns": columns, "rows": rows}


def _cells(row: Any) -> Iterable[tuple[int, Any]]:
    return enumerate(value_of(row, "cells"))


def _cell(cell: Any, column: Any, is_header: bool) -> dict[str, Any]:
    shape = {"text": cell} if cell is None or isinstance(cell, str) else cell
    return {"cell": shape, "column": column, "is_header": is_header}


@register.inclusion_tag("ui/components/refusal_button.html")
def refusal_button(
    label: str,
    refusal: str = "",
    name: str = "",
    value: str = "",
    url: str = "",
    kind: str = "",
    key: str = "",
    form: str = "",
) -> dict[str, Any]:
    """``{% refusal_button "Release the visit" refusal=sentence name="release" %}``.

    With a refusal the button is disabled but reachable, and the sentence stands beside it. Without one it is a submit
    button (of the form around it, or of the form with the id ``form``), or a link when ``url`` is given. ``key`` keeps
    ids apart when a page has the same label twice.
    """
    return {
        "label": label,
        "refusal": refusal,
        "name": name,
        "value": value,
        "url": url,
        "kind": kind,
        "form": form,
        "why": slugify(f"why {label} {key}"),
    }


@register.inclusion_tag("ui/components/refusal_button.html")
def action(action: Any, small: bool = False, key: str = "") -> dict[str, Any]:
    """``{% action action_shape %}`` (shapes.Action): the same as a refusal button, from a presenter."""
    kind = value_of(action, "kind", "second")
    return refusal_button(
        value_of(action, "label"),
        refusal=value_of(action, "refusal", ""),
        name=value_of(action, "name", ""),
        value=value_of(action, "value", ""),
        url=value_of(action, "url", ""),
        kind=f"{kind} btn--s" if small else kind,
        key=key,
        form=value_of(action, "form", ""),
    )


@register.inclusion_tag("ui/components/filter_chips.html")
def filter_chips(filters: Sequence[Any], label: str) -> dict[str, Any]:
    """``{% filter_chips filters label="Filter by verdict" %}`` (shapes.Filter)."""
    return {"filters": filters, "label": label}


@register.inclusion_tag("ui/components/empty.html")
def empty(title: str, text: str = "", url: str = "", label: str = "", heading: int = 3) -> dict[str, Any]:
    """``{% empty "No messages" "What comes shows here." url="/write/" label="Write a message" %}``."""
    return {"title": title, "text": text, "url": url, "label": label, "heading": heading}


@register.inclusion_tag("ui/components/callout.html")
def callout(text: str, kind: str = "") -> dict[str, Any]:
    """``{% callout "Not known is a fair answer." %}``; ``kind``: "", "risk", "plain"."""
    return {"text": text, "kind": kind, "icon": "risk" if kind == "risk" else "inform"}


@register.inclusion_tag("ui/components/skeleton.html")
def skeleton(status: str = "") -> dict[str, Any]:
    """``{% skeleton "Loading the list" %}``: grey lines beside a status for screen readers."""
    return {"status": status or _("Loading")}


@register.inclusion_tag("ui/components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page, label: str = "") -> dict[str, Any]:
    """``{% pagination page %}``: keeps the filters of the address; says how many there are."""
    request: HttpRequest | None = context.get("request")
    query = request.GET.copy() if request is not None else None

    def address(number: int) -> str:
        if query is None:
            return f"?page={number}"
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    window = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    pages = [{"number": one, "url": address(one) if isinstance(one, int) else ""} for one in window]
    return {
        "page": page,
        "pages": pages,
        "previous": address(page.number - 1) if page.has_previous() else "",
        "next": address(page.number + 1) if page.has_next() else "",
        "label": label or _("Pages"),
    }


@register.simple_tag(takes_context=True)
def back_address(context: Context) -> str:
    """``{% back_address as back %}``: the page of this site the person came from, or nothing."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return ""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return ""
    back = urlsplit(came_from)
    address = f"{back.path}?{back.query}" if back.query else back.path
    return "" if address == request.get_full_path() else address


@register.simple_tag
def plan_grid_css() -> SafeString:
    """``{% plan_grid_css %}`` in the head block of a page with a planning board."""
    return format_html('<link rel="stylesheet" href="{}">', static("ui/plan-grid.css"))
