from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "openinfusion.platform.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from openinfusion.platform.tenancy import guards

        post_migrate.connect(guards.install, dispatch_uid="openinfusion.guards")
