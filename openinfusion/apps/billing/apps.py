from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "openinfusion.apps.billing"
    label = "billing"
