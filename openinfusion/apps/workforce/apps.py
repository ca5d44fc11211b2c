from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "openinfusion.apps.workforce"
    label = "workforce"
