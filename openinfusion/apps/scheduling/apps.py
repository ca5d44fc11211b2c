from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "openinfusion.apps.scheduling"
    label = "scheduling"
