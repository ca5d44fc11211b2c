"""Forms of intake: the upload, the acceptance with its therapy, and steps with a reason."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from openinfusion.apps.intake.models import Referral
from openinfusion.apps.intake.services.decisions import LONGEST_REASON
from openinfusion.platform.tenancy.models import Site
from openinfusion.platform.ui.forms import FileField, Form, RadioField, SelectField, TextField
from openinfusion.rulepacks import therapies


class UploadForm(Form):
    """A file, or its text pasted. The site is asked for only where there are several."""

    file = FileField(
        _("Referral document"), required=False, hint=_("FHIR R4 Bundle (JSON) or C-CDA (XML), one person.")
    )
    pasted = TextField(_("Or paste the document"), required=False, rows=6, strip=False)

    def __init__(self, *args: Any, sites: list[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sites = {str(one.pk): one for one in sites}
        if len(sites) != 1:
            self.fields["site"] = RadioField(
                _("Which site takes it?"), [(key, one.name) for key, one in self.sites.items()]
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        has_file, has_text = bool(data.get("file")), bool((data.get("pasted") or "").strip())
        if not self.errors and has_file == has_text:
            raise ValidationError(
                _("Choose a file or paste the document, not both.")
                if has_file
                else _("Choose a file or paste the document.")
            )
        return data

    def site(self) -> Site:
        if "site" in self.fields:
            return self.sites[self.cleaned_data["site"]]
        return next(iter(self.sites.values()))


class AcceptForm(Form):
    """A therapy is asked for only where the referral does not name exactly one."""

    reason = TextField(_("Reason"), required=False, rows=3, max_length=LONGEST_REASON)

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not referral.therapy_id:
            choices = sorted(((one.id, one.generic) for one in therapies().values()), key=lambda pair: pair[1].lower())
            self.fields = {"therapy_id": SelectField(_("Therapy"), choices), **self.fields}
        if referral.missing:
            self.fields["reason"].help_text = _("The referral is incomplete: say why you accept it all the same.")


class ReasonForm(Form):
    reason = TextField(_("Reason"), rows=3, max_length=LONGEST_REASON, hint=_("The sender is told this."))
