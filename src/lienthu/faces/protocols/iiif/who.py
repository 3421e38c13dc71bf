"""Who asks over IIIF: the session, or the cookie that the access service sets for viewers of other sites (PRE-5)."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.http import HttpRequest, HttpResponse

from lienthu.domain.digital.access import VIEWER_COOKIE, VIEWER_PATH, who_asks
from lienthu.domain.digital.policy import Reader

COOKIE: Final = VIEWER_COOKIE
TOKEN_SECONDS: Final = 600
_COOKIE_SALT, _TOKEN_SALT = "iiif.cookie", "iiif.token"


def reader(request: HttpRequest) -> Reader:
    """The reader behind a request for anything under /iiif/."""
    return who_asks(request, user_of(request)).reader


def user_of(request: HttpRequest) -> Any:
    """The account: of the session, otherwise of our cookie, otherwise nobody's."""
    if request.user.is_authenticated:
        return request.user
    return _named(request.COOKIES.get(COOKIE, ""), _COOKIE_SALT, settings.SESSION_COOKIE_AGE)


def bearer(request: HttpRequest, public_id: str) -> Any:
    """The account that a token for this object names; nobody's without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return AnonymousUser()
    return _named(token.strip(), f"{_TOKEN_SALT}.{public_id}", TOKEN_SECONDS)


def token_for(user: Any, public_id: str) -> str:
    """A token that says who asks when access to one object is probed. It opens no picture."""
    return _sign(user, f"{_TOKEN_SALT}.{public_id}")


def remember(response: HttpResponse, user: Any) -> None:
    """Let viewers of other sites load pictures as this account: only where cookies may travel so (over TLS)."""
    secure = bool(settings.SESSION_COOKIE_SECURE)
    response.set_cookie(
        COOKIE,
        _sign(user, _COOKIE_SALT),
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


def _sign(user: Any, salt: str) -> str:
    return signing.dumps([user.pk, user.get_session_auth_hash()], salt=salt)


def _named(value: str, salt: str, seconds: int) -> Any:
    if value:
        try:
            pk, digest = signing.loads(value, salt=salt, max_age=seconds)
        except (signing.BadSignature, ValueError, TypeError):
            return AnonymousUser()
        user = get_user_model().objects.filter(pk=pk, is_active=True).first()
        if user is not None and user.get_session_auth_hash() == digest:  # a changed password ends it
            return user
    return AnonymousUser()
