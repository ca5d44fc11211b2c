"""Addresses of the stock."""

from django.urls import path

from openinfusion.apps.inventory.web import views

app_name = "inventory"
urlpatterns = [
    path("", views.stock, name="stock"),
    path("items/new/", views.new_item, name="new_item"),
    path("items/<int:pk>/", views.item, name="item"),
    path("items/<int:pk>/receive/", views.receive, name="receive"),
    path("lots/<int:pk>/count/", views.count, name="count"),
    path("lots/<int:pk>/status/", views.lot_status, name="lot_status"),
    path("kits/", views.kits, name="kits"),
    path("kits/new/", views.new_kit, name="new_kit"),
]
