"""Addresses of the workforce."""

from django.urls import path

from openinfusion.apps.workforce.web import views

app_name = "workforce"
urlpatterns = [
    path("", views.nurses, name="nurses"),
    path("add/", views.add, name="add"),
    path("<int:pk>/", views.nurse, name="nurse"),
    path("<int:pk>/licence/", views.licence, name="licence"),
    path("<int:pk>/competency/", views.competency, name="competency"),
    path("<int:pk>/shift/", views.shift, name="shift"),
    path("shifts/<int:pk>/cancel/", views.cancel_shift, name="cancel_shift"),
]
