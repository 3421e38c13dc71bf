"""The pages of librarians as a Django app."""

from django.apps import AppConfig


class StaffApp(AppConfig):
    """See README.md in this folder."""

    name = "lienthu.faces.web.staff"
    label = "staff"
