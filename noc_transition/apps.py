from django.apps import AppConfig


class NocTransitionConfig(AppConfig):
    name = "noc_transition"
