"""Addresses of monitoring."""

from django.urls import path

from openinfusion.apps.monitoring.web import alarms, rota, views, wall

app_name = "monitoring"
urlpatterns = [
    path("", wall.wall, name="wall"),
    path("board/", wall.board, name="board"),
    path("stream/", wall.stream, name="stream"),
    path("shown/", wall.shown, name="shown"),
    path("alarms/<int:pk>/", alarms.alarm, name="alarm"),
    path("alarms/<int:pk>/take/", alarms.take, name="take"),
    path("alarms/<int:pk>/silence/", alarms.silence_alarm, name="silence"),
    path("alarms/<int:pk>/close/", alarms.close_alarm, name="close"),
    path("infusions/<int:pk>/", views.infusion, name="infusion"),
    path("set-aside/", views.set_aside, name="set_aside"),
    path("set-aside/<int:pk>/", views.resolve_set_aside, name="resolve"),
    path("outbox/", views.sent, name="outbox"),
    path("on-call/", rota.rota_page, name="rota"),
    path("on-call/add/", rota.add, name="rota_add"),
    path("on-call/<int:pk>/end/", rota.end, name="rota_end"),
]
