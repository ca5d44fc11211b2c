"""Addresses of delivery."""

from django.urls import path

from openinfusion.apps.delivery.web import handover, views

app_name = "delivery"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("episodes/<int:episode_id>/", views.episode, name="episode"),
    path("episodes/<int:episode_id>/plan/", views.plan, name="plan"),
    path("<int:pk>/", views.shipment, name="shipment"),
    path("<int:pk>/list/", views.packing_list, name="packing_list"),
    path("lines/<int:pk>/pick/", views.pick_line, name="pick"),
    path("<int:pk>/pack/", views.pack_box, name="pack"),
    path("<int:pk>/ship/", views.ship_box, name="ship"),
    path("<int:pk>/cancel/", views.cancel_box, name="cancel"),
    path("<int:pk>/temperature/", handover.temperature, name="temperature"),
    path("<int:pk>/decide/", handover.decide, name="decide"),
    path("<int:pk>/deliver/", handover.deliver, name="deliver"),
    path("<int:pk>/fail/", handover.fail_delivery, name="fail"),
    path("<int:pk>/return/", handover.bring_box_back, name="return"),
]
