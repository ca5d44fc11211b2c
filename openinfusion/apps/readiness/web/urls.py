"""Addresses of readiness."""

from django.urls import path

from openinfusion.apps.readiness.web import views

app_name = "readiness"
urlpatterns = [
    path("", views.board, name="board"),
    path("print/", views.printed, name="print"),
    path("visits/<int:pk>/", views.visit, name="visit"),
    path("visits/<int:pk>/release/", views.release_visit, name="release"),
    path("visits/<int:pk>/labs/", views.decide_lab, name="labs"),
    path("visits/<int:pk>/kit/", views.decide_kit, name="kit"),
]
