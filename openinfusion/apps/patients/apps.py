from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "openinfusion.apps.patients"
    label = "patients"
