"""The operator's page: create a program. An operator belongs to no program and sees no chart."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from openinfusion.platform import clock
from openinfusion.platform.accounts import queries
from openinfusion.platform.accounts.services.programs import create_program, require_operator
from openinfusion.platform.accounts.web.admin_forms import NewProgramForm
from openinfusion.platform.ui.formats import format_date
from openinfusion.platform.ui.pages import UNPROCESSABLE, attempt
from openinfusion.platform.ui.shapes import Cell, Column, Row, Table

View = Callable[..., HttpResponse]


def operator_page(view: View) -> View:
    """A page for operators only. It guards itself, because an operator has no role in any program."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
        require_operator(request.user)
        return view(request, *args, **kwargs)

    guarded.guards_itself = True  # type: ignore[attr-defined]
    return guarded


@operator_page
@never_cache
def programs(request: HttpRequest) -> HttpResponse:
    """Programs by name, and the form for a new one."""
    operator: Any = request.user
    form = NewProgramForm(request.POST or None)
    if request.method == "POST":
        saved, made = attempt(form, lambda data: create_program(**data, operator=operator, at=clock.now()))
        if saved:
            context = {"person": made.membership.user, "password": made.password, "is_operator": True}
            return render(request, "accounts/invited.html", context)
    context = {"form": form, "table": _table()}
    return render(request, "accounts/operator.html", context, status=UNPROCESSABLE if form.errors else 200)


def _table() -> Table:
    heads = (_("Program"), _("Short name"), _("Created"))
    rows = [
        Row(
            cells=[
                Cell(text=one.name, sub=_("demo") if one.is_demo else ""),
                one.slug,
                format_date(one.created_at.date()),
            ]
        )
        for one in queries.programs()
    ]
    return Table(
        caption=_("Programs"),
        columns=[Column(label=head) for head in heads],
        rows=rows,
        empty_title=_("No program yet"),
    )
