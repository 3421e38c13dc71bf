"""The discovery room as a Django app."""

from django.apps import AppConfig


class DiscoveryApp(AppConfig):
    """See README.md in this folder."""

    name = "lienthu.domain.discovery"
    label = "discovery"
