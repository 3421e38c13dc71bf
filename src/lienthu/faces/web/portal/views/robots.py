"""What machines may read: robots.txt and the sitemaps."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from lienthu.domain.discovery.query import FACETS
from lienthu.domain.network.selectors import public_libraries
from lienthu.faces.web.portal import sitemap
from lienthu.faces.web.portal.addresses import absolute

_XML: Final = "application/xml; charset=utf-8"
_DAY: Final = 24 * 3600
# Every parameter but q opens another view of the same titles: there are more of those than a crawler can ever read.
_PARAMETERS: Final = (*FACETS, "year_from", "year_to", "sort", "page", "more", "size")
_MOST_FILES: Final = 100_000  # beyond any cluster id in a 32-bit sequence


@require_safe
@cache_control(max_age=_DAY, public=True)
def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt: plain searches may be read, facets may not; the bulk of the data is in the sitemaps and the API."""
    search = reverse("portal:search")
    lines = ["User-agent: *", f"Disallow: {search}?*&"]
    lines += [f"Disallow: {search}?{name}=" for name in _PARAMETERS]
    lines += ["Disallow: /*?view=", "Disallow: /staff/", "Disallow: /account/", "Disallow: /api/v1/", "Disallow: /oai"]
    lines += ["Crawl-delay: 2"]
    lines += ["", f"Sitemap: {absolute(request, reverse('portal:sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(max_age=3600, public=True)
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The list of sitemap files."""
    return HttpResponse(sitemap.index_xml(absolute(request, "/").rstrip("/")), content_type=_XML)


@require_safe
@cache_control(max_age=_DAY, public=True)
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    """The front page, the directory, every public library."""
    paths = [reverse(f"portal:{name}") for name in ("home", "libraries", "about")]
    paths += [reverse("portal:library", args=[view.code]) for view in public_libraries()]
    return HttpResponse(sitemap.pages_xml(absolute(request, "/").rstrip("/"), paths), content_type=_XML)


@require_safe
@cache_control(max_age=_DAY, public=True)
def sitemap_records(request: HttpRequest, number: int) -> StreamingHttpResponse:
    """One file of publications."""
    if number > _MOST_FILES:
        raise Http404
    pieces = sitemap.records_xml(absolute(request, "/").rstrip("/"), number)
    return StreamingHttpResponse(pieces, content_type=_XML)
