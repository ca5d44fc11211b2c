"""Addresses of the home."""

from django.urls import path

from openinfusion.apps.homes.web import views

app_name = "homes"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("<int:episode_id>/", views.home, name="home"),
    path("<int:episode_id>/assess/", views.assess, name="assess"),
    path("<int:episode_id>/mend/<str:item_id>/", views.mend_item, name="mend"),
    path("<int:episode_id>/connectivity/", views.connectivity, name="connectivity"),
    path("<int:episode_id>/competency/", views.competency, name="competency"),
]
