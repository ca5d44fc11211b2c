"""Tags that draw forms. Loaded through ``{% load ui %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from openinfusion.platform.ui.forms import base

register = template.Library()


@register.inclusion_tag("ui/forms/form.html", takes_context=True)
def form(
    context: Context,
    form: Any,
    submit: str = "",
    action: str = "",
    method: str = "post",
    cancel_url: str = "",
    cancel: str = "",
    second: str = "",
    second_name: str = "second",
    form_id: str = "",
    refusal: str = "",
) -> dict[str, Any]:
    """``{% form form submit="Save and go on" second="Save and stop" second_name="stop" cancel_url=url %}``: all of it.

    Error summary, fields, buttons, protection against forged posts. ``refusal`` disables the button with its sentence.
    """
    return {
        "form": form,
        "submit": submit or getattr(form, "submit_label", base.Form.submit_label),
        "action": action,
        "method": method,
        "cancel_url": cancel_url,
        "cancel": cancel,
        "second": second,
        "second_name": second_name,
        "form_id": form_id,
        "refusal": refusal,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("ui/forms/fields.html")
def form_fields(form: Any) -> dict[str, Any]:
    """``{% form_fields form %}``: error summary and fields, inside a form element of your own."""
    return {"form": form}


@register.inclusion_tag("ui/forms/error_summary.html")
def error_summary(form: Any) -> dict[str, Any]:
    """``{% error_summary form %}``: every problem once, each linked to its field. Nothing when there is none."""
    return {"problems": base.problems_of(form) if form.is_bound else []}


@register.inclusion_tag("ui/forms/field.html")
def field(form: Any, name: str) -> dict[str, Any]:
    """``{% field form "weight" %}``: one field, for a layout of your own."""
    return {"field": base.bound(form, name)}


@register.simple_tag
def form_sections(form: Any) -> list[tuple[Any, list[base.BoundField]]]:
    """Sections with their fields, for ``ui/forms/fields.html``."""
    return base.sections_of(form)


@register.simple_tag
def form_hidden(form: Any) -> list[Any]:
    """Hidden fields."""
    return [one for one in base.bound_fields(form) if one.kind == "hidden"]
