from django.apps import AppConfig


class PharmacyConfig(AppConfig):
    name = "openinfusion.apps.pharmacy"
    label = "pharmacy"
