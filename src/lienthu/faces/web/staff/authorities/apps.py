"""The staff screens of authorities as a Django app, so that their templates and translations are found."""

from django.apps import AppConfig


class StaffAuthoritiesApp(AppConfig):
    """Headings, their other forms, and what may stand under them."""

    name = "lienthu.faces.web.staff.authorities"
    label = "staff_authorities"
