"""Addresses under /iiif/ of documents and authorization. What has no such version says so itself."""

from __future__ import annotations

from django.urls import path

from lienthu.faces.protocols.iiif import authorizing, presentation, searching

app_name = "iiif"

urlpatterns = [
    path("presentation/<int:version>/collections", presentation.collections),
    path("presentation/<int:version>/collection/<slug:code>", presentation.collection, name="collection"),
    path("presentation/<int:version>/library/<path:code>", presentation.library),
    path("presentation/<int:version>/<slug:public_id>/manifest", presentation.manifest, name="manifest"),
    path("presentation/<int:version>/<slug:public_id>/text/<int:seq>/<slug:layer>", presentation.page_text),
    path("search/<int:version>/<slug:public_id>", searching.search),
    path("search/<int:version>/<slug:public_id>/autocomplete", searching.autocomplete),
    path("auth/<int:version>/access/<slug:public_id>", authorizing.access, name="access"),
    path("auth/<int:version>/token/<slug:public_id>", authorizing.token),
    path("auth/<int:version>/logout/<slug:public_id>", authorizing.logout),
    path("auth/2/probe/<slug:public_id>/<int:seq>", authorizing.probe),
]
