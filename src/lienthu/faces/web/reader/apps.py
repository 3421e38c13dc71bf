"""The page viewer as a Django app."""

from django.apps import AppConfig


class ReaderApp(AppConfig):
    """See README.md in this folder."""

    name = "lienthu.faces.web.reader"
    label = "reader"
