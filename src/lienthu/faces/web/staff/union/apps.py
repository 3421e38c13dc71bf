"""The staff screens of the union as a Django app, so that their templates, styles and translations are found."""

from django.apps import AppConfig


class StaffUnionApp(AppConfig):
    """Doubtful pairs, obvious series, clusters, what people decided, versions of the matching rule."""

    name = "lienthu.faces.web.staff.union"
    label = "staff_union"
