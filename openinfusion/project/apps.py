"""Wires the house together once everything is loaded: events, permissions, navigation, subscriptions."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ProjectConfig(AppConfig):
    name = "openinfusion.project"
    label = "project"

    def ready(self) -> None:
        from openinfusion.platform import logs
        from openinfusion.project.options import read

        logs.configure(level=read("OPENINFUSION_LOG_LEVEL"))
        autodiscover_modules("events")
        autodiscover_modules("policies")
        autodiscover_modules("nav")
        autodiscover_modules("panels")
        from openinfusion.project import subscriptions

        subscriptions.connect()
