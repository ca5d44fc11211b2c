"""Addresses of the portal: for people at home, for physicians, and for the staff that answers."""

from django.urls import path

from openinfusion.apps.portal.web import care, physician, staff

app_name = "portal"
urlpatterns = [
    path("", care.home, name="home"),
    path("<int:episode_id>/", care.episode, name="episode"),
    path("<int:episode_id>/messages/", care.messages, name="messages"),
    path("<int:episode_id>/messages/read/", care.read, name="read"),
    path("<int:episode_id>/call-911/", care.call_911, name="call_911"),
    path("<int:episode_id>/count/", care.count, name="count"),
    path("<int:episode_id>/how-to/", care.how_to, name="how_to"),
    path("<int:episode_id>/call/", care.call, name="call"),
    path("physician/", physician.episodes, name="physician"),
    path("physician/<int:episode_id>/", physician.episode, name="physician_episode"),
    path("inbox/", staff.inbox, name="inbox"),
    path("inbox/<int:episode_id>/", staff.conversation, name="conversation"),
    path("inbox/<int:episode_id>/read/", staff.read, name="conversation_read"),
    path("people/<int:patient_id>/", staff.people, name="people"),
    path("people/<int:patient_id>/add/", staff.link, name="link"),
    path("people/<int:patient_id>/end/<int:link_id>/", staff.unlink, name="unlink"),
]
