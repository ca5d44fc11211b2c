"""The first page after signing in, the choice of program, and the work list."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openinfusion.platform import clock
from openinfusion.platform.access import Request, page, public_page
from openinfusion.platform.access.homes import home_of
from openinfusion.platform.access.roles import LINKED_ROLES
from openinfusion.platform.access.sign_in import TENANT_IN_SESSION, memberships_of
from openinfusion.platform.accounts.policies import HOME
from openinfusion.platform.accounts.queries import has_second_factor
from openinfusion.platform.accounts.web import presenters
from openinfusion.platform.accounts.web.forms import TaskForm
from openinfusion.platform.errors import NotFound, Refused
from openinfusion.platform.worklist.policies import SEE
from openinfusion.platform.worklist.queries import fetch_task, tasks_for
from openinfusion.platform.worklist.services import close_task

PAGE_SIZE = 50
_ASKED = "second_factor_asked"


@public_page("sends a person to the sign-in page or to the home screen of the role; shows nothing itself")
def home(request: Request) -> HttpResponse:
    """Straight to the role's home screen."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    access = getattr(request, "access", None)
    if access is None:
        if request.user.is_operator:
            return redirect("home:operator")
        return render(request, "accounts/no_program.html", status=403)
    _ask_for_second_factor(request)
    target = home_of(access.roles)
    return redirect(target or "home:work")


def _ask_for_second_factor(request: Request) -> None:
    """Remind staff without a second factor, once per session."""
    if request.session.get(_ASKED) or not request.access.roles - LINKED_ROLES:
        return
    request.session[_ASKED] = True
    if not has_second_factor(request.access.user_id or 0):
        messages.warning(
            request, _("Set up a second step for signing in: open My account and add an app or a passkey.")
        )


@page(HOME)
def programs(request: Request) -> HttpResponse:
    """Choose the program to work in, for people who belong to several."""
    choices = {row.tenant_id: row.tenant.name for row in memberships_of(request.user, at=clock.now())}
    if request.method == "POST":
        wanted = request.POST.get("program", "")
        if not wanted.isdecimal() or int(wanted) not in choices:
            raise NotFound("program")
        request.session[TENANT_IN_SESSION] = int(wanted)
        return redirect("home:home")
    return render(request, "accounts/programs.html", {"choices": choices.items()})


@page(SEE)
def work(request: Request) -> HttpResponse:
    """Open tasks: mine first by due time, or everyone's."""
    scope = "all" if request.GET.get("show") == "all" else "mine"
    rows = Paginator(tasks_for(by=request.access, everyone=scope == "all"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": rows,
        "table": presenters.work_table(rows, at=clock.now()),
        "filters": presenters.work_filters(scope),
    }
    return render(request, "accounts/work.html", context)


@page(SEE)
def task(request: Request, pk: int) -> HttpResponse:
    """One task: why, what clears it, and a form to say it is done."""
    row = fetch_task(pk, by=request.access)
    form = TaskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            close_task(task=row, by=request.access, at=clock.now(), outcome=form.cleaned_data["outcome"])
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("Task done."))
            return redirect("home:work")
    context = {"task": row, "facts": presenters.task_facts(row), "form": form, "is_open": row.status == "open"}
    return render(request, "accounts/task.html", context)
