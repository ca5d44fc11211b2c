from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "openinfusion.apps.delivery"
    label = "delivery"
