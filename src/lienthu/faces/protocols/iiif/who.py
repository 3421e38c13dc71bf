"""Who asks over IIIF: the session, or the cookie that the access service sets for viewers of other sites (PRE-5)."""

from __future__ import annotations

import time
from typing import Any, Final

import orjson
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from lienthu.domain.digital.access import VIEWER_COOKIE, VIEWER_PATH, who_asks
from lienthu.domain.digital.policy import Reader
from lienthu.platform.services.sealing import CannotUnseal, seal, unseal

COOKIE: Final = VIEWER_COOKIE
TOKEN_SECONDS: Final = 600
_COOKIE, _TOKEN = "iiif cookie", "iiif token"
_LONGEST: Final = 1000


def reader(request: HttpRequest) -> Reader:
    """The reader behind a request for anything under /iiif/."""
    return who_asks(request, user_of(request)).reader


def user_of(request: HttpRequest) -> Any:
    """The account: of the session, otherwise of our cookie, otherwise nobody's."""
    if request.user.is_authenticated:
        return request.user
    return _named(request.COOKIES.get(COOKIE, ""), _COOKIE, settings.SESSION_COOKIE_AGE)


def bearer(request: HttpRequest, public_id: str) -> Any:
    """The account that a token for this object names; nobody's without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return AnonymousUser()
    return _named(token.strip(), f"{_TOKEN} {public_id}", TOKEN_SECONDS)


def token_for(user: Any, public_id: str) -> str:
    """A token that says who asks when access to one object is probed: sealed, so that it tells its bearer nothing.

    It opens no picture. Who asks in the rooms of a library without an account gets one that names nobody.
    """
    return _sealed(user, f"{_TOKEN} {public_id}")


def remember(response: HttpResponse, user: Any) -> None:
    """Let viewers of other sites load pictures as this account: only where cookies may travel so (over TLS)."""
    secure = bool(settings.SESSION_COOKIE_SECURE)
    response.set_cookie(
        COOKIE,
        _sealed(user, _COOKIE),
        max_age=settings.SESSION_COOKIE_AGE,
        path=VIEWER_PATH,
        secure=secure,
        httponly=True,
        samesite="None" if secure else "Lax",
    )


def forget(response: HttpResponse) -> None:
    """Take the cookie back."""
    secure = bool(settings.SESSION_COOKIE_SECURE)
    response.delete_cookie(COOKIE, path=VIEWER_PATH, samesite="None" if secure else "Lax")


def _sealed(user: Any, purpose: str) -> str:
    named = [user.pk, user.get_session_auth_hash()] if user.is_authenticated else [0, ""]
    return seal(orjson.dumps([*named, int(time.time())]).decode(), purpose=purpose)


def _named(value: str, purpose: str, seconds: int) -> Any:
    """The account that a sealed value names, while it holds: a changed password ends it, as does its time."""
    if not value or len(value) > _LONGEST:
        return AnonymousUser()
    try:
        pk, digest, at = orjson.loads(unseal(value, purpose=purpose))
    except (CannotUnseal, ValueError):
        return AnonymousUser()
    if time.time() - at > seconds:
        return AnonymousUser()
    user = get_user_model().objects.filter(pk=pk, is_active=True).first()
    return user if user is not None and user.get_session_auth_hash() == digest else AnonymousUser()
