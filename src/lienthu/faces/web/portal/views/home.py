"""The front page and what the portal is about."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from lienthu.faces.web.portal.addresses import absolute
from lienthu.faces.web.portal.home_page import home_context


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search first, then ways in."""
    context = home_context()
    context["canonical"] = absolute(request, reverse("portal:home"))
    return render(request, "portal/home.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """How to search, where the data come from, what is kept about readers."""
    return render(request, "portal/about.html", {"canonical": absolute(request, reverse("portal:about"))})
