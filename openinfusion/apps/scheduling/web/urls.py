"""Addresses of the plan."""

from django.urls import path

from openinfusion.apps.scheduling.web import boards, visits

app_name = "scheduling"
urlpatterns = [
    path("board/", boards.board, name="board"),
    path("board/propose/", boards.propose, name="propose"),
    path("board/proposals/<int:pk>/", boards.proposal, name="proposal"),
    path("board/proposals/<int:pk>/accept/", boards.accept, name="accept"),
    path("board/proposals/<int:pk>/discard/", boards.discard, name="discard"),
    path("visits/", visits.week, name="week"),
    path("visits/<int:pk>/", visits.visit, name="visit"),
    path("visits/<int:pk>/assign/", visits.assign_nurse, name="assign"),
    path("visits/<int:pk>/unassign/", visits.take_nurse_off, name="unassign"),
    path("visits/<int:pk>/confirm/", visits.confirm, name="confirm"),
    path("visits/<int:pk>/end/<slug:how>/", visits.end, name="end"),
    path("episodes/<int:episode_id>/add/", visits.add, name="add"),
    path("orders/<int:order_id>/visits/", visits.generate, name="generate"),
]
