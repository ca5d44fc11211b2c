"""Addresses of the design system. Included at the root: ``path("", include("openinfusion.platform.ui.urls"))``."""

from django.urls import path

from openinfusion.platform.ui import views

app_name = "ui"
urlpatterns = [
    path("style/", views.style, name="style"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("sw-manifest.json", views.service_worker_manifest, name="service_worker_manifest"),
    path("manifest.webmanifest", views.webmanifest, name="webmanifest"),
    path("offline/", views.offline, name="offline"),
]
