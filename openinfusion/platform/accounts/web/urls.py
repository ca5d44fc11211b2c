"""Home page, choice of program, work list."""

from django.urls import path

from openinfusion.platform.accounts.web import views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("programs/", views.programs, name="programs"),
    path("work/", views.work, name="work"),
    path("work/<int:pk>/", views.task, name="task"),
]
