from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "openinfusion.apps.monitoring"
    label = "monitoring"
