"""The platform floor as a Django app."""

from django.apps import AppConfig


class PlatformApp(AppConfig):
    """Users, audit trail, change feed, files."""

    name = "lienthu.platform"
    label = "platform"
