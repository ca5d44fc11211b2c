from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "openinfusion.platform.events"
    label = "events"
