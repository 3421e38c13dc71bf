"""OAI-PMH over HTTP: GET and POST, always status 200 but for those who ask too fast (rules OAI-1, OAI-13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from lienthu.domain.catalog.services.origins import settle_name
from lienthu.faces.protocols.oai import xml
from lienthu.faces.protocols.oai.arguments import LISTS, echoable, read_arguments
from lienthu.faces.protocols.oai.bases import Base
from lienthu.faces.protocols.oai.contributed import Contributed
from lienthu.faces.protocols.oai.errors import OaiRefused
from lienthu.faces.protocols.oai.publications import Publications
from lienthu.faces.protocols.oai.verbs import Identity, answer, response_date
from lienthu.platform.actor import Actor
from lienthu.platform.cost_limit import Limiter, charge

# A page of a list costs 1. Who harvests one page after the other never waits; who asks for twenty at once does.
LIMITER: Final = Limiter(burst=120.0, refill=12.0)
_SMALL: Final = 0.2


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def contributed(request: HttpRequest) -> HttpResponse:
    """The repository of the libraries' own records."""
    name = settle_name(actor=Actor.system("oai"))
    return respond(request, Contributed(name, site_of(request)), name)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def publications(request: HttpRequest) -> HttpResponse:
    """The repository of publications, each with the holdings of all libraries."""
    name = settle_name(actor=Actor.system("oai"))
    return respond(request, Publications(name, site_of(request)), name)


def respond(request: HttpRequest, base: Base, name: str) -> HttpResponse:
    """Answer a request to a repository."""
    pairs = list(_pairs(request))
    if wait := charge(request, 1.0 if dict(pairs).get("verb") in LISTS else _SMALL, LIMITER):
        refusal = f"Too many requests from this address; go on in {wait} s.\n"
        response = HttpResponse(refusal, status=503, content_type="text/plain; charset=utf-8")
        response["Retry-After"] = str(wait)
        return response
    identity = identity_of(request, base, name)
    now = response_date()
    arguments = echoable(dict(pairs))
    try:
        body = list(answer(read_arguments(pairs), base, identity, now))
    except OaiRefused as refused:
        if refused.code in ("badVerb", "badArgument"):
            arguments = {}
        body = [f'<error code="{refused.code}">{xml.text(refused.message)}</error>']
    return HttpResponse(xml.envelope(now, identity.base_url, arguments, body), content_type="text/xml; charset=utf-8")


def _pairs(request: HttpRequest) -> Iterator[tuple[str, str]]:
    form = request.POST if request.method == "POST" and _is_form(request) else None
    given = request.GET if request.method != "POST" else form
    for name, values in given.lists() if given is not None else ():
        yield from ((name, value) for value in values)


def _is_form(request: HttpRequest) -> bool:
    return request.content_type == "application/x-www-form-urlencoded"


def site_of(request: HttpRequest) -> str:
    """The public address of this install, without a slash at its end."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")


def identity_of(request: HttpRequest, base: Base, name: str) -> Identity:
    """Who we are, in the language of the request."""
    return Identity(
        name=_("Liên Thư: catalogue of the libraries of the province"),
        repository=name,
        base_url=site_of(request) + base.path,
        admin_email=settings.ADMIN_EMAIL or f"postmaster@{name}",
        about=_("Records of all public libraries of the network, as each library made them. Open to harvest."),
    )
