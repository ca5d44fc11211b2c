from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "openinfusion.platform.rules"
    label = "rules"
