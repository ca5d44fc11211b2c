"""Forms of the work list."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from openinfusion.platform.ui.forms import Form


class TaskForm(Form):
    """What was done; the sentence stays with the task."""

    outcome = forms.CharField(label=_("What was done"), max_length=400)
