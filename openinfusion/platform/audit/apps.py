from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "openinfusion.platform.audit"
    label = "audit"
