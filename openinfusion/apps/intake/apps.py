from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "openinfusion.apps.intake"
    label = "intake"
