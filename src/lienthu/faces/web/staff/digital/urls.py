"""Addresses of the digitisation desk."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from lienthu.faces.web.staff.digital.views import board, overview, pages, uploads

app_name = "staff_digital"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", board.board, name="board"),
    path("upload/", uploads.upload, name="upload"),
    path("uploads/<slug:token>/", uploads.delivery, name="delivery"),
    path("uploads/<slug:token>/finish/", uploads.finish, name="delivery_finish"),
    path("uploads/<slug:token>/files/", uploads.create, name="upload_create"),
    path("uploads/<slug:token>/files/<slug:name>/", uploads.file, name="upload_file"),
    path("objects/<slug:public_id>/", overview.overview, name="object"),
    path("objects/<slug:public_id>/pages/", pages.pages, name="pages"),
    path("objects/<slug:public_id>/pages/data/", pages.data, name="pages_data"),
    path("objects/<slug:public_id>/pages/waiting/", pages.waiting, name="pages_waiting"),
    path("objects/<slug:public_id>/pages/some/", pages.some, name="pages_some"),
    path("objects/<slug:public_id>/pages/act/", pages.act, name="pages_act"),
    path("objects/<slug:public_id>/pages/preview/", pages.preview, name="pages_preview"),
]
