from django.apps import AppConfig
from django.core.checks import register


class CouncilsConfig(AppConfig):
    name = "councils"

    def ready(self):
        from .checks import single_sign_on_is_whole

        register(single_sign_on_is_whole)
