"""Addresses of the pump fleet."""

from django.urls import path

from openinfusion.apps.equipment.web import views

app_name = "equipment"
urlpatterns = [
    path("", views.fleet, name="fleet"),
    path("register/", views.register, name="register"),
    path("<int:pk>/", views.device, name="device"),
    path("<int:pk>/enroll/", views.enroll_device, name="enroll"),
    path("<int:pk>/return/", views.take_back, name="return"),
    path("<int:pk>/check/", views.check, name="check"),
    path("<int:pk>/step/<slug:action>/", views.step, name="step"),
    path("episodes/<int:episode_id>/check-out/", views.check_out_to, name="check_out"),
    path("episodes/<int:episode_id>/confirm/", views.confirm, name="confirm"),
]
