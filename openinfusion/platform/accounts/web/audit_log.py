"""The audit log for the privacy officer: filtered on the page, never exported."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from openinfusion.platform.access import Request, page
from openinfusion.platform.accounts import queries
from openinfusion.platform.accounts.policies import READ_AUDIT
from openinfusion.platform.accounts.web.admin_forms import AuditForm
from openinfusion.platform.audit.models import AuditEntry
from openinfusion.platform.ui.formats import format_datetime
from openinfusion.platform.ui.pages import UNPROCESSABLE
from openinfusion.platform.ui.shapes import Cell, Column, Row, Table

PAGE_SIZE = 50


@page(READ_AUDIT)
def audit_log(request: Request) -> HttpResponse:
    """Who read or changed what, newest first."""
    form = AuditForm(request.GET if set(request.GET) - {"page"} else None)
    if form.is_bound and not form.is_valid():
        return render(request, "accounts/audit.html", {"form": form}, status=UNPROCESSABLE)
    wanted = queries.AuditFilter(**form.cleaned_data) if form.is_bound else queries.AuditFilter()
    rows = Paginator(queries.audit_log(wanted, by=request.access), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "accounts/audit.html", {"form": form, "page": rows, "table": _table(rows)})


def _table(rows: Iterable[AuditEntry]) -> Table:
    heads = (_("When"), _("Who"), _("Did"), _("What"), _("Patient id"), _("How it ended"))
    zone = timezone.get_current_timezone()
    return Table(
        caption=_("Audit log"), columns=[Column(label=head) for head in heads], empty_title=_("No entry fits"),
        rows=[
            Row(
                cells=[
                    Cell(text=format_datetime(row.at, zone), sub=_("entry %s") % row.sequence),
                    Cell(text=row.user_name, sub=row.roles.replace(",", ", ") or _("the product")),
                    Cell(text=row.action),
                    Cell(text=f"{row.subject} {row.subject_id}".strip(), sub=row.detail),
                    Cell(text="" if row.patient_id is None else str(row.patient_id), is_blank=row.patient_id is None),
                    Cell(text=row.outcome),
                ]
            )
            for row in rows
        ],
    )  # fmt: skip
