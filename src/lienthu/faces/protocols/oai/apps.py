"""The OAI-PMH provider as a Django app."""

from django.apps import AppConfig


class OaiApp(AppConfig):
    """See README.md in this folder."""

    name = "lienthu.faces.protocols.oai"
    label = "oai"
