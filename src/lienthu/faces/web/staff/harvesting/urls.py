"""Addresses of the screens of harvesting."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from lienthu.faces.web.staff.harvesting import views

app_name = "staff_harvesting"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.source_list, name="sources"),
    path("new/", views.new_source, name="new"),
    path("<int:pk>/", views.source, name="source"),
    path("<int:pk>/edit/", views.edit_source, name="edit"),
    path("<int:pk>/run/", views.start, name="start"),
    path("<int:pk>/pause/", views.pause_or_take_up, name="pause"),
    path("<int:pk>/host-key/", views.forget_key, name="forget_key"),
    path("runs/<int:pk>/", views.run, name="run"),
    path("runs/<int:pk>/stop/", views.stop, name="stop"),
]
