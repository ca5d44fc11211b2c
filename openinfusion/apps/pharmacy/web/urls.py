"""Addresses of the pharmacy."""

from django.urls import path
from django.views import View

app_name = "pharmacy"
urlpatterns = [
    path("orders/<int:pk>/", View.as_view(), name="order"),
    path("orders/<int:pk>/verify/", View.as_view(), name="verify"),
]
