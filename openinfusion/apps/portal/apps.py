from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "openinfusion.apps.portal"
    label = "portal"
