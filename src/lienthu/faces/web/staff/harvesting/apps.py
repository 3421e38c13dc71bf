"""The staff screens of harvesting as a Django app, so that their templates and translations are found."""

from django.apps import AppConfig


class StaffHarvestingApp(AppConfig):
    """Sources, their runs and what happened in them."""

    name = "lienthu.faces.web.staff.harvesting"
    label = "staff_harvesting"
