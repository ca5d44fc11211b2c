from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "openinfusion.apps.visits"
    label = "visits"
