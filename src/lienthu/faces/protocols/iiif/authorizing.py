"""Authorization over HTTP: the window to sign in, tokens, probes, signing out (PRE-5)."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import orjson
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_http_methods, require_safe

from lienthu.domain.digital.access import open_object, who_asks
from lienthu.domain.digital.errors import AccessDenied, DigitalRefused, NoSuchObject
from lienthu.domain.digital.policy import Act, Block
from lienthu.domain.digital.selectors.objects import page_by_seq
from lienthu.faces.protocols.iiif import who, words
from lienthu.faces.protocols.iiif.answers import refusal, served
from lienthu.faces.protocols.iiif.authorization import AUTH_2_CONTEXT

VERSIONS: Final = (1, 2)
_UNAUTHORISED: Final = (Block.SIGN_IN, Block.SEAT_NEEDED)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def access(request: HttpRequest, version: int, public_id: str) -> HttpResponse:
    """The window that a viewer opens: sign in, allow it, then it closes by itself.

    Any page of the net can open this address in the browser of somebody who is signed in. So nothing is given by
    opening it: the person reads what is asked for, and by whom, and says yes with a form of this site.
    """
    if version not in VERSIONS:
        return refusal(404, "no-such-version", "Versions 1 and 2 are served.")
    if not request.user.is_authenticated:
        here = request.get_full_path()
        return redirect(f"{reverse('accounts:sign_in')}?{urlencode({'next': here})}")
    if request.method != "POST":
        origin = request.GET.get("origin", "")
        return render(
            request,
            "iiif/allow.html",
            {"origin": origin if _is_origin(origin) else "", "refuse_url": reverse("reader:read", args=[public_id])},
        )
    response = render(request, "iiif/done.html", {"signed_in_now": True})
    who.remember(response, request.user)
    return response


@never_cache
@require_safe
def logout(request: HttpRequest, version: int, public_id: str) -> HttpResponse:
    """Viewers of other sites lose the way in; the session on this site ends with the button of the page."""
    response = render(request, "iiif/done.html", {"signed_in_now": False})
    who.forget(response)
    return response


@never_cache
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[untyped-decorator]  # csp has no types
@xframe_options_exempt
@require_safe
def token(request: HttpRequest, version: int, public_id: str) -> HttpResponse:
    """A token for the viewer that asked, told to its window only; it proves who reads and opens no picture."""
    if version not in VERSIONS:
        return refusal(404, "no-such-version", "Versions 1 and 2 are served.")
    origin, message_id = request.GET.get("origin", ""), request.GET.get("messageId", "")
    user = who.user_of(request)
    message: dict[str, Any]
    granted = user.is_authenticated or _in_the_rooms(request, public_id)
    if granted:
        message = {"accessToken": who.token_for(user, public_id), "expiresIn": who.TOKEN_SECONDS}
        if version == 2:
            message |= {"@context": AUTH_2_CONTEXT, "type": "AuthAccessToken2"}
    elif version == 2:
        message = {"@context": AUTH_2_CONTEXT, "type": "AuthAccessTokenError2", "profile": "missingAspect"}
        message |= {"heading": words.both(words.SIGN_IN_HEADING), "note": words.both(words.SIGN_IN_NOTE)}
    else:
        message = {"error": "missingCredentials", "description": "Sign in first."}
    if version == 1 and not message_id:
        return HttpResponse(orjson.dumps(message), content_type="application/json", status=200 if granted else 401)
    if not _is_origin(origin):
        message, origin = {"type": "AuthAccessTokenError2", "profile": "invalidOrigin"}, ""
    message["messageId"] = message_id[:200]
    context = {"message": orjson.dumps(message).decode(), "origin": origin}
    return render(request, "iiif/token.html", context, status=200 if origin else 400)


@never_cache
@served
def probe(request: HttpRequest, public_id: str, seq: int) -> HttpResponse:
    """Whether the bearer of the token may have this picture."""
    user = who.bearer(request, public_id)
    opened = open_object(public_id, who_asks(request, user).reader)
    page = page_by_seq(opened.object, seq)
    if page is None:
        raise NoSuchObject(f"{public_id}.{seq}")
    decision = opened.decide(Act.READ, page)
    result: dict[str, Any] = {"@context": AUTH_2_CONTEXT, "type": "AuthProbeResult2", "status": 200}
    if not decision.allowed and decision.block is not None:
        denied = AccessDenied(decision.block, visible=decision.visible)
        result["status"] = 401 if decision.block in _UNAUTHORISED and not user.is_authenticated else 403
        result["note"] = {request.LANGUAGE_CODE: [str(denied)]}
    return HttpResponse(orjson.dumps(result), content_type="application/json")


def _in_the_rooms(request: HttpRequest, public_id: str) -> bool:
    try:
        return open_object(public_id, who.reader(request)).may(Act.READ)
    except DigitalRefused:
        return False  # what is not there for this reader is answered like what may not be read


def _is_origin(value: str) -> bool:
    parts = urlsplit(value) if len(value) < 300 else None
    return parts is not None and parts.scheme in ("http", "https") and bool(parts.netloc) and not parts.path.strip("/")
