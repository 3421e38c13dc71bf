"""The staff screens of the network as a Django app, so that their templates, styles and translations are found."""

from django.apps import AppConfig


class StaffNetworkApp(AppConfig):
    """Libraries, their history, their services and hours, roles, the register as a file, the audit trail."""

    name = "lienthu.faces.web.staff.network"
    label = "staff_network"
