"""The network of libraries as a Django app."""

from django.apps import AppConfig


class NetworkApp(AppConfig):
    """Libraries, branches, services, identifiers, administrative units, roles; all of it dated."""

    name = "lienthu.domain.network"
    label = "network"
