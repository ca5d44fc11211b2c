from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "openinfusion.platform.accounts"
    label = "accounts"
