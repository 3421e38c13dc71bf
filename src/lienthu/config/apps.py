"""Wires the house together once Django is ready: who listens to which news."""

from django.apps import AppConfig


class ConfigApp(AppConfig):
    """The top floor as a Django app: it has no models, only the wiring."""

    name = "lienthu.config"
    label = "config"

    def ready(self) -> None:
        """Register the subscriptions."""
        from lienthu.config.subscriptions import SUBSCRIPTIONS
        from lienthu.platform.services import changes

        changes.subscribe(SUBSCRIPTIONS)
