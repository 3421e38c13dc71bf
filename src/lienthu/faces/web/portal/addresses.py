"""Addresses of searches: one order of parameters, so that one search has one address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from lienthu.domain.discovery.query import FACETS, SearchRequest

Pairs = list[tuple[str, str]]


def search_pairs(request: SearchRequest) -> Pairs:
    """The parameters of a search in their fixed order, defaults left out."""
    pairs: Pairs = [("q", request.q)] if request.q else []
    for facet in FACETS:
        pairs += [(facet, value) for value in request.filters.get(facet, ())]
    if request.year_from is not None:
        pairs.append(("year_from", str(request.year_from)))
    if request.year_to is not None:
        pairs.append(("year_to", str(request.year_to)))
    if request.sort != "relevance":
        pairs.append(("sort", request.sort))
    if request.page > 1:
        pairs.append(("page", str(request.page)))
    return pairs


def search_url(request: SearchRequest) -> str:
    """The address of a search, relative to the site."""
    return _with_query(search_pairs(request))


def toggled(request: SearchRequest, facet: str, value: str) -> SearchRequest:
    """The search with one facet value more, or without it when it is chosen; from its first page."""
    chosen = request.filters.get(facet, ())
    values = tuple(v for v in chosen if v != value) if value in chosen else (*chosen, value)
    filters: dict[str, tuple[str, ...]] = {**request.filters, facet: values}
    return replace(request, filters={f: v for f, v in filters.items() if v}, page=1)


def filtered_url(filters: Mapping[str, str], **others: str) -> str:
    """The address of a search by facet values, for links from elsewhere."""
    pairs = [(facet, filters[facet]) for facet in FACETS if filters.get(facet)]
    return _with_query([*pairs, *others.items()])


def absolute(request: HttpRequest, path: str) -> str:
    """A path as an address for other places: with the public address of the install where one is set."""
    if settings.PUBLIC_URL:
        return f"{settings.PUBLIC_URL}{path}"
    return request.build_absolute_uri(path)


def _with_query(pairs: Pairs) -> str:
    path = reverse("portal:search")
    return f"{path}?{urlencode(pairs)}" if pairs else path
