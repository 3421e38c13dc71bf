"""The page for those who may know of an object but not read it now: why, and what to do (RDR-6)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from lienthu.domain.digital.access import Opened
from lienthu.domain.digital.errors import BLOCK_SENTENCES
from lienthu.domain.digital.policy import Block, Decision, houses_among
from lienthu.domain.digital.selectors.seats import seats_at
from lienthu.domain.network.selectors import library_facts
from lienthu.faces.web.portal.addresses import absolute
from lienthu.faces.web.reader.records import record_url


def denied(request: HttpRequest, opened: Opened, decision: Decision, *, here: str = "", **more: Any) -> HttpResponse:
    """403 with the way in, where there is one. ``here``: where to go then, the address asked for unless told."""
    obj = opened.object
    block = decision.block or Block.CLOSED
    here = here or request.get_full_path()
    context: dict[str, Any] = {
        "object": obj,
        "why": block.value,
        "sentence": BLOCK_SENTENCES[block],
        "sign_in_url": f"{reverse('accounts:sign_in')}?{urlencode({'next': here})}",
        "here": here,
        "record_url": record_url(obj),
        "canonical": absolute(request, reverse("reader:read", args=[obj.public_id])),
        "noindex": True,
        **more,
    }
    if block is Block.SEAT_NEEDED:
        context["seats"] = seats_at(opened)
    if block in (Block.PREMISES_ONLY, Block.SIGN_IN) and opened.facts.rights is not None:
        context["houses"] = _houses(opened)
    response = render(request, "reader/denied.html", context, status=403)
    response["Cache-Control"] = "private, no-store"
    return response


def _houses(opened: Opened) -> list[dict[str, str]]:
    """The libraries in whose rooms it may be read, for those who may know of them."""
    ids = houses_among(opened.audiences.read)
    return [
        {"name": view.name, "url": reverse("portal:library", args=[view.code])}
        for view in library_facts().values()
        if view.id in ids and not view.closed
    ]
