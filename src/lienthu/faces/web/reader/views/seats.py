"""Taking a seat, waiting for one, leaving it (RDR-6)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from lienthu.domain.digital.access import who_asks
from lienthu.domain.digital.policy import Act
from lienthu.domain.digital.services.seats import in_line, leave_seat, take_seat
from lienthu.faces.web.reader.asking import guarded, opened_for
from lienthu.faces.web.reader.denied import denied


@require_http_methods(["GET", "POST"])
@guarded
def seat(request: HttpRequest, public_id: str) -> HttpResponse:
    """``act=take``: sit down, keep sitting or wait; ``act=leave``: give the seat back. GET: ask on, for who waits."""
    opened = opened_for(request, public_id)
    here = reverse("reader:read", args=[public_id])
    after = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(after, {request.get_host()}, require_https=request.is_secure()):
        after = here
    holder = who_asks(request).holder
    if request.method == "GET" and not (holder and in_line(opened.object.pk, holder)):
        return redirect(here)  # an address alone takes no seat
    if not holder and request.POST.get("act") != "leave":
        holder = _begun_visit(request)
    if request.POST.get("act") == "leave":
        if holder:
            leave_seat(opened.object.pk, holder)
        return redirect("reader:about", public_id=public_id)
    if not holder:
        return denied(request, opened, opened.decide(Act.READ), here=after)
    if opened.audiences.seats is None:
        return redirect(here)  # read without a seat, or not at all: the page says which
    taken = take_seat(opened, holder)
    if taken.number is not None:
        return redirect(after)
    if request.method == "POST":  # the page of who waits is one that asks by itself
        return redirect(f"{request.path}?{urlencode({'next': after})}")
    return denied(request, opened, opened.decide(Act.READ), here=after, waiting=taken)


def _begun_visit(request: HttpRequest) -> str:
    """Who sits in a reading room without an account is known by a visit, which begins with the first seat (RGT-18)."""
    if not who_asks(request).in_rooms:
        return ""
    request.session["visit"] = True
    request.session.set_expiry(0)
    request.session.save()
    return who_asks(request).holder
