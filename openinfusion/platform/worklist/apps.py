from django.apps import AppConfig


class WorklistConfig(AppConfig):
    name = "openinfusion.platform.worklist"
    label = "worklist"
