from django.apps import AppConfig


class ReadinessConfig(AppConfig):
    name = "openinfusion.apps.readiness"
    label = "readiness"
