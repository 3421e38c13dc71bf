"""Addresses of the screens of authorities."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from lienthu.faces.web.staff.authorities import views

app_name = "staff_authorities"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.authority_list, name="list"),
    path("suggestions/", views.suggestions, name="suggestions"),
    path("suggestions/decide/", views.decide, name="decide"),
    path("decisions/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/", views.authority, name="authority"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/restore/", views.restore, name="restore"),
    path("<int:pk>/merge/", views.merge, name="merge"),
    path("<int:pk>/part/", views.part, name="part"),
]
