from django.apps import AppConfig


class CoverageConfig(AppConfig):
    name = "openinfusion.apps.coverage"
    label = "coverage"
