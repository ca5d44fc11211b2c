from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "openinfusion.platform.live"
    label = "live"
