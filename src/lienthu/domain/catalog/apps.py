"""The catalog room as a Django app."""

from django.apps import AppConfig


class CatalogApp(AppConfig):
    """See README.md in this folder."""

    name = "lienthu.domain.catalog"
    label = "catalog"
