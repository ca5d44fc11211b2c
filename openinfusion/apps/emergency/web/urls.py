"""Addresses of the emergency pages. The general ones are open to anyone."""

from django.urls import path

from openinfusion.apps.emergency.web import views

app_name = "emergency"
urlpatterns = [
    path("", views.general, name="general"),
    path("worker.js", views.worker, name="worker"),
    path("program/<slug:slug>/", views.of_program, name="program"),
    path("<int:episode_id>/", views.page_of_patient, name="page"),
    path("<int:episode_id>/", views.page_of_patient, name="episode"),
    path("<int:episode_id>/use/", views.use, name="use"),
]
