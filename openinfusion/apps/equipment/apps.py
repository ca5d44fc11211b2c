from django.apps import AppConfig


class EquipmentConfig(AppConfig):
    name = "openinfusion.apps.equipment"
    label = "equipment"
