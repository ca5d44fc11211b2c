"""Addresses of visits."""

from django.urls import path

from openinfusion.apps.visits.web import steps, views

app_name = "visits"
urlpatterns = [
    path("", views.my_day, name="my-day"),
    path("<int:pk>/", views.visit, name="visit"),
    path("<int:pk>/start/", views.start, name="start"),
    path("<int:pk>/identity/", steps.identity, name="identity"),
    path("<int:pk>/section/<slug:section>/", steps.section, name="section"),
    path("<int:pk>/vitals/", steps.vitals, name="vitals"),
    path("<int:pk>/infusion/", steps.infusion, name="infusion"),
    path("<int:pk>/rate/", steps.rate, name="rate"),
    path("<int:pk>/end/", steps.end, name="end"),
    path("<int:pk>/reaction/", steps.reaction, name="reaction"),
    path("<int:pk>/sign/", steps.sign, name="sign"),
    path("<int:pk>/note/", views.note, name="note"),
    path("<int:pk>/sync/", views.sync, name="sync"),
]
