from django.apps import AppConfig


class HomesConfig(AppConfig):
    name = "openinfusion.apps.homes"
    label = "homes"
