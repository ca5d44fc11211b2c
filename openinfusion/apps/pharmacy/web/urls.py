"""Addresses of the pharmacy."""

from django.urls import path

from openinfusion.apps.pharmacy.web import orders, preparations, verification

app_name = "pharmacy"
urlpatterns = [
    path("queue/", verification.queue, name="queue"),
    path("episodes/<int:episode_id>/orders/", orders.episode_orders, name="orders"),
    path("episodes/<int:episode_id>/orders/new/", orders.new_order, name="new_order"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/revise/", orders.revise_order, name="revise"),
    path("orders/<int:pk>/submit/", orders.submit_order, name="submit"),
    path("orders/<int:pk>/hold/", orders.hold_order, name="hold"),
    path("orders/<int:pk>/resume/", orders.resume_order, name="resume"),
    path("orders/<int:pk>/stop/", orders.stop_order, name="stop"),
    path("orders/<int:pk>/verify/", verification.verify, name="verify"),
    path("orders/<int:pk>/prepare/", preparations.plan, name="prepare"),
    path("preparations/", preparations.queue, name="preparations"),
    path("preparations/<int:pk>/", preparations.preparation, name="preparation"),
    path("preparations/<int:pk>/start/", preparations.start_work, name="start"),
    path("preparations/<int:pk>/worksheet/", preparations.worksheet, name="worksheet"),
    path("preparations/<int:pk>/check/", preparations.second_check, name="check"),
    path("preparations/<int:pk>/release/", preparations.release_one, name="release"),
    path("preparations/<int:pk>/label/", preparations.label, name="label"),
    path("preparations/<int:pk>/step/<slug:action>/", preparations.step, name="step"),
]
