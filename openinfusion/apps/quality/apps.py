from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "openinfusion.apps.quality"
    label = "quality"
