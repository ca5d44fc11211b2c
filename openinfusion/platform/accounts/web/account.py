"""My account: own details, and the doors to password and second factor."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.platform import clock
from openinfusion.platform.access import Request, page
from openinfusion.platform.access.roles import LINKED_ROLES
from openinfusion.platform.accounts import queries
from openinfusion.platform.accounts.policies import OWN_ACCOUNT
from openinfusion.platform.accounts.services.people import OWN_FIELDS, change_own_details
from openinfusion.platform.accounts.web.admin_forms import OwnDetailsForm
from openinfusion.platform.accounts.web.extra_fields import extra_fields
from openinfusion.platform.ui.pages import form_page


@page(OWN_ACCOUNT)
def account(request: Request) -> HttpResponse:
    """Own details; what a request adds beyond the form goes to the service, which drops and logs it."""
    user: Any = request.user
    form = OwnDetailsForm(request.POST or None, initial={name: getattr(user, name) for name in OWN_FIELDS})
    has_second = queries.has_second_factor(user.pk)
    is_staff = bool(request.access.roles - LINKED_ROLES)
    return form_page(
        request, form=form, to=reverse("home:account"), done=_("Saved."),
        save=lambda data: change_own_details(
            user=user, fields={**extra_fields(request, form), **data}, by=request.access, at=clock.now()
        ),
        context={"user": user, "has_second": has_second, "must_set_up": is_staff and not has_second}, template="accounts/account.html",
    )  # fmt: skip
