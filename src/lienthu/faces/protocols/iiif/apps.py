"""IIIF as a Django app."""

from django.apps import AppConfig


class IiifApp(AppConfig):
    """See README.md in this folder."""

    name = "lienthu.faces.protocols.iiif"
    label = "iiif"
