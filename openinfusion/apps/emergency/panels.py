"""One press from the episode page."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from openinfusion.apps.emergency.policies import OPEN
from openinfusion.apps.patients.public import Episode, HeadAction, add_action
from openinfusion.platform.ui.shapes import Action


def button(request: HttpRequest, episode: Episode) -> Action:
    """The alarm button of the page head."""
    return Action(label=_("Severe reaction"), url=reverse("emergency:page", args=[episode.pk]), kind="alarm")


add_action(HeadAction("emergency", 90, button, OPEN))
