from django.apps import AppConfig


class EmergencyConfig(AppConfig):
    name = "openinfusion.apps.emergency"
    label = "emergency"
