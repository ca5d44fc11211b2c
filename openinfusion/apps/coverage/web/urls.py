"""Addresses of coverage."""

from django.urls import path

from openinfusion.apps.coverage.web import views

app_name = "coverage"
urlpatterns = [
    path("", views.board, name="board"),
    path("episodes/<int:episode_id>/", views.patient, name="patient"),
    path("episodes/<int:episode_id>/add/", views.add, name="add"),
    path("episodes/<int:episode_id>/<int:coverage_id>/benefit/", views.benefit, name="benefit"),
    path("episodes/<int:episode_id>/<int:coverage_id>/request/", views.request_one, name="request"),
    path("authorizations/<int:pk>/", views.authorization, name="authorization"),
    path("authorizations/<int:pk>/approve/", views.approve, name="approve"),
    path("authorizations/<int:pk>/deny/", views.deny, name="deny"),
    path("authorizations/<int:pk>/pend/", views.pend, name="pend"),
    path("authorizations/<int:pk>/waive/", views.waive, name="waive"),
]
