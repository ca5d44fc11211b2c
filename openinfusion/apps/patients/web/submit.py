"""One way to take a form to a service: its refusals come back into the form with what was typed kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from openinfusion.apps.patients.services.duplicates import PossibleDuplicate
from openinfusion.apps.patients.services.measurements import ConfirmFirst
from openinfusion.platform.errors import BadInput, NotAllowed, NotFound, Refused

#: A form sent back with problems.
UNPROCESSABLE = 422


def posted(request: HttpRequest) -> Any:
    """What was sent, an empty form included; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def attempt(form: Any, save: Callable[[dict[str, Any]], Any]) -> tuple[bool, Any]:
    """Validate and save. (True, what the service returned), or (False, None) with the problems in the
    form.
    """
    if not form.is_valid():
        return False, None
    try:
        return True, save(form.cleaned_data)
    except (NotAllowed, NotFound, PossibleDuplicate, ConfirmFirst):
        raise
    except BadInput as error:
        for name, sentence in error.fields.items():
            form.add_error(name if name in form.fields else None, sentence)
    except Refused as error:
        form.add_error(None, error.sentence)
    return False, None


def form_page(
    request: HttpRequest,
    *,
    form: Any,
    save: Callable[[dict[str, Any]], Any],
    done: str,
    to: str | Callable[[Any], str],
    context: dict[str, Any],
    template: str = "patients/form.html",
) -> HttpResponse:
    """GET shows the form; POST saves and redirects to ``to`` with the message ``done``."""
    if request.method == "POST":
        saved, result = attempt(form, save)
        if saved:
            messages.success(request, done)
            return HttpResponseRedirect(to(result) if callable(to) else to)
    return show_form(request, form, context, template)


def show_form(
    request: HttpRequest, form: Any, context: dict[str, Any], template: str = "patients/form.html"
) -> HttpResponse:
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, template, {**context, "form": form}, status=status)


def asked_again(form_class: Any, request: HttpRequest, error: Refused, **kwargs: Any) -> Any:
    """The same form with what was typed, the service's question and the tick box that answers it."""
    data = request.POST.copy()
    data["asked"] = "1"
    form = form_class(data, **kwargs)
    form.add_error(None, error.sentence)
    return form


def act(request: HttpRequest, *, do: Callable[[], Any], done: str, to: str) -> HttpResponse:
    """A button: one service call, then back to the page with what happened in a sentence."""
    try:
        do()
    except (NotAllowed, NotFound):
        raise
    except Refused as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, done)
    return HttpResponseRedirect(to)
