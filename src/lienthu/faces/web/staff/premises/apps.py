"""Reading on the premises as a Django app, so that its templates and translations are found."""

from django.apps import AppConfig


class StaffPremisesApp(AppConfig):
    """Ranges of addresses and reading stations of a library."""

    name = "lienthu.faces.web.staff.premises"
    label = "staff_premises"
