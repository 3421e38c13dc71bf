"""Taking a seat, waiting for one, leaving it (RDR-6)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from lienthu.domain.digital.access import who_asks
from lienthu.domain.digital.policy import Act
from lienthu.domain.digital.services.seats import leave_seat, take_seat
from lienthu.faces.web.reader.asking import guarded, opened_for
from lienthu.faces.web.reader.denied import denied


@require_POST
@guarded
def seat(request: HttpRequest, public_id: str) -> HttpResponse:
    """``act=take``: sit down, keep sitting or wait; ``act=leave``: give the seat back."""
    opened = opened_for(request, public_id)
    here = reverse("reader:read", args=[public_id])
    holder = who_asks(request).holder
    if request.POST.get("act") == "leave":
        if holder:
            leave_seat(opened.object.pk, holder)
        return redirect("reader:about", public_id=public_id)
    if not holder:
        return denied(request, opened, opened.decide(Act.READ))
    if opened.audiences.seats is None:
        return redirect(here)  # read without a seat, or not at all: the page says which
    taken = take_seat(opened, holder)
    after = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(after, {request.get_host()}, require_https=request.is_secure()):
        after = here
    if taken.number is None:
        return denied(request, opened, opened.decide(Act.READ), waiting=taken)
    return redirect(after)
