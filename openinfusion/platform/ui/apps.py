from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "openinfusion.platform.ui"
    label = "ui"
