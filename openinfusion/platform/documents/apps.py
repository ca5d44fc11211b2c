from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "openinfusion.platform.documents"
    label = "documents"
