from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "openinfusion.apps.inventory"
    label = "inventory"
