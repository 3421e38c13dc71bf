"""Addresses under /read/ and /collections/."""

from __future__ import annotations

from django.urls import path

from lienthu.faces.web.reader.views import data, downloads, read, seats, shelves

app_name = "reader"

urlpatterns = [
    path("read/<slug:public_id>", read.read, name="read"),
    path("read/<slug:public_id>/about", shelves.about, name="about"),
    path("read/<slug:public_id>/seat", seats.seat, name="seat"),
    path("read/<slug:public_id>/pages.json", data.pages, name="pages"),
    path("read/<slug:public_id>/text/<int:seq>.json", data.text, name="text"),
    path("read/<slug:public_id>/search.json", data.search, name="search"),
    path("read/<slug:public_id>/text/<int:seq>.alto.xml", downloads.alto, name="alto"),
    path("read/<slug:public_id>/download/<slug:form>", downloads.download, name="download"),
    path("collections/", shelves.collections, name="collections"),
    path("collections/<slug:code>/", shelves.collection, name="collection"),
]
