"""The two ways a page takes a person's act to a service: a form page and a button. Refusals come back in words, with what
was typed kept; nothing was changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from openinfusion.platform.errors import BadInput, NotAllowed, NotFound, Refused

#: A form sent back with problems.
UNPROCESSABLE = 422

Target = str | Callable[[Any], str]


def attempt(
    form: Any, save: Callable[[dict[str, Any]], Any], *, passing: tuple[type[Refused], ...] = ()
) -> tuple[bool, Any]:
    """Validate and save: (True, result), or (False, None) with the problems in the form.

    ``NotAllowed``, ``NotFound`` and the kinds in ``passing`` go on to the caller.
    """
    if not form.is_valid():
        return False, None
    try:
        return True, save(form.cleaned_data)
    except (NotAllowed, NotFound):
        raise
    except passing:
        raise
    except BadInput as error:
        for name, sentence in error.fields.items():
            form.add_error(name if name in form.fields else None, sentence)
    except Refused as error:
        form.add_error(None, error.sentence)
    return False, None


def form_page(
    request: HttpRequest, *, form: Any, save: Callable[[dict[str, Any]], Any], done: str, to: Target,
    context: dict[str, Any], template: str = "ui/form_page.html", passing: tuple[type[Refused], ...] = (),
) -> HttpResponse:  # fmt: skip
    """GET shows the form; POST saves and goes to ``to`` with the message ``done``.

    The standard template takes ``title``, ``submit`` (text of the button) and, where they apply, ``patient`` (banner),
    ``intro``, ``back_url``, ``back_label``.
    """
    if request.method == "POST":
        saved, result = attempt(form, save, passing=passing)
        if saved:
            messages.success(request, done)
            return HttpResponseRedirect(to(result) if callable(to) else to)
    return show_form(request, form, context, template)


def show_form(
    request: HttpRequest, form: Any, context: dict[str, Any], template: str = "ui/form_page.html"
) -> HttpResponse:
    """The page with the form; 422 when it comes back with problems."""
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, template, {**context, "form": form}, status=status)


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
