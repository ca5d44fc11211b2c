from django.apps import AppConfig


class EmergencyConfig(AppConfig):
    name = "openinfusion.apps.emergency"
    label = "emergency"

    def ready(self) -> None:
        from openinfusion.apps.emergency import kept

        kept.register()
