"""Addresses of reading on the premises."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from lienthu.faces.web.staff.premises import views

app_name = "staff_premises"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.libraries, name="libraries"),
    path("<int:pk>/", views.rooms, name="rooms"),
    path("<int:pk>/networks/<int:network>/remove/", views.remove_network, name="remove_network"),
    path("<int:pk>/stations/", views.open_station, name="open_station"),
    path("<int:pk>/stations/<int:station>/close/", views.close_station, name="close_station"),
]
