"""Addresses of quality."""

from django.urls import path

from openinfusion.apps.quality.web import views

app_name = "quality"
urlpatterns = [
    path("", views.program, name="program"),
    path("measures.csv", views.measures_csv, name="measures_csv"),
    path("incidents/", views.incident_list, name="incidents"),
    path("incidents.csv", views.incidents_csv, name="incidents_csv"),
    path("costs/", views.cost_rates, name="cost_rates"),
    path("costs/add/", views.cost_rate_add, name="cost_rate_add"),
    path("episodes/<int:episode_id>/", views.episode, name="episode"),
    path("episodes/<int:episode_id>/outcome/", views.outcome, name="outcome"),
    path("episodes/<int:episode_id>/incident/", views.incident, name="incident"),
    path("episodes/<int:episode_id>/survey/", views.survey, name="survey"),
    path("episodes/<int:episode_id>/cost/", views.cost, name="cost"),
]
