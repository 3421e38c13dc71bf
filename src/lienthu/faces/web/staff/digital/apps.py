"""The desk of digitisation as a Django app, so that its templates, scripts and translations are found."""

from django.apps import AppConfig


class StaffDigitalApp(AppConfig):
    """Projects, uploads, pages, texts, rights of digital objects."""

    name = "lienthu.faces.web.staff.digital"
    label = "staff_digital"
