"""The platform floor as a Django app."""

from django.apps import AppConfig

from lienthu.platform.number_lists import register


class PlatformApp(AppConfig):
    """Users, audit trail, change feed, files."""

    name = "lienthu.platform"
    label = "platform"

    def ready(self) -> None:
        """Before the first connection."""
        register()
