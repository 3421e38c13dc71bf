"""The REST interface as a Django app."""

from django.apps import AppConfig


class RestApp(AppConfig):
    """See README.md in this folder."""

    name = "lienthu.faces.protocols.rest"
    label = "rest"
