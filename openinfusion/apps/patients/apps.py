from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "openinfusion.apps.patients"
    label = "patients"

    def ready(self) -> None:
        from openinfusion.apps.patients.web import own_panels

        own_panels.register()
