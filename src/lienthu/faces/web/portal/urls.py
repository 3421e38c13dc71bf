from __future__ import annotations

from django.urls import path

from lienthu.faces.web.portal.views import home, libraries, people, records, robots, search

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("about/", home.about, name="about"),
    path("search/", search.search, name="search"),
    path("records/<int:id>/", records.record, name="record"),
    path("people/<int:id>/", people.person, name="person"),
    path("covers/<int:id>.svg", records.cover, name="cover"),
    path("covers/<int:id>.png", records.shared, name="share_image"),
    path("libraries/", libraries.libraries, name="libraries"),
    path("libraries/<path:code>/", libraries.library, name="library"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", robots.sitemap_index, name="sitemap"),
    path("sitemaps/pages.xml", robots.sitemap_pages, name="sitemap_pages"),
    path("sitemaps/records-<int:number>.xml", robots.sitemap_records, name="sitemap_records"),
]
