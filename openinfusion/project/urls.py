"""Addresses of the product. Each app owns its own; the order is the journey's."""

from django.conf import settings
from django.urls import include, path

from openinfusion.api.urls import api
from openinfusion.project import errors

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("api/", api.urls),
    path("", include("openinfusion.platform.accounts.web.urls")),
    path("", include("openinfusion.platform.ui.urls")),
    *[path(f"{name}/", include(f"openinfusion.apps.{name}.web.urls")) for name in settings.JOURNEY_APPS],
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
