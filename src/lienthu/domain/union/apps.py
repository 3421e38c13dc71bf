"""The union room as a Django app."""

from django.apps import AppConfig


class UnionApp(AppConfig):
    """See README.md in this folder."""

    name = "lienthu.domain.union"
    label = "union"
