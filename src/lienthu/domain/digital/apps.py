"""The digital room as a Django app."""

from django.apps import AppConfig


class DigitalApp(AppConfig):
    """See README.md in this folder."""

    name = "lienthu.domain.digital"
    label = "digital"
