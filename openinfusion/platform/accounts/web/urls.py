"""Home page, choice of program, work list, administration."""

from django.urls import URLPattern

app_name = "home"
urlpatterns: list[URLPattern] = []
