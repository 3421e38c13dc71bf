"""Pictures for readers who show who they are, and every refusal: the way through Django. Rule IMG-7."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from lienthu.domain.digital.access import Opened, open_object
from lienthu.domain.digital.errors import AccessDenied, DigitalRefused
from lienthu.domain.digital.pictures import picture_in, size_in
from lienthu.domain.digital.policy import Block
from lienthu.faces.protocols.iiif import who
from lienthu.faces.protocols.iiif.addresses import site_of
from lienthu.faces.protocols.iiif.authorization import image_services
from lienthu.faces.protocols.iiif.image import answers
from lienthu.faces.protocols.iiif.image.answers import Address, Answer
from lienthu.faces.protocols.iiif.image.lean import LIMITER
from lienthu.platform.cost_limit import charge


@csrf_exempt  # nothing is ever changed here: other methods are answered with 405
def image(request: HttpRequest) -> HttpResponse:
    """Anything under ``/iiif/image/``."""
    made = answers.not_get(request.method or "GET") or _answer(request)
    response = HttpResponse(made.body, status=made.status)
    del response["Content-Type"]
    for name, value in made.headers:
        response[name] = value
    if request.method == "HEAD":
        response["Content-Length"] = str(len(made.body))
    return response


def _answer(request: HttpRequest) -> Answer:
    address = answers.read_address(request.path_info)
    if address is None:
        return answers.refused(404, "No picture has this address.")
    origin = site_of(request)
    if address.rest is None:
        return answers.redirect(address, origin)
    reader = who.reader(request)
    try:
        opened = open_object(address.public_id, reader)
        if address.rest == "info.json":
            return _description(request, address, opened, origin)
        picture = picture_in(opened, address.seq)
    except DigitalRefused as refusal:
        return _refused(request, refusal)
    known = request.headers.get("If-None-Match", "")
    return answers.show(address, picture, origin, known=known, charge=lambda cost: charge(request, cost, LIMITER))


def _description(request: HttpRequest, address: Address, opened: Opened, origin: str) -> Answer:
    """Whoever may know of the object learns how to get in, where there is a way in at all."""
    width, height = size_in(opened, address.seq)
    accept = request.headers.get("Accept", "")
    services = image_services(opened, address.seq, origin, address.version)
    try:
        picture = picture_in(opened, address.seq)
    except AccessDenied:
        status = 200 if address.version == 3 else 401  # as Authorization 2 and 1 want it
        return answers.describe(address, width, height, origin, accept=accept, services=services, status=status)
    return answers.describe(
        address, width, height, origin, accept=accept, path=picture.path, services=services, public=picture.public
    )


def _refused(request: HttpRequest, refusal: DigitalRefused) -> Answer:
    status = refusal.status
    if isinstance(refusal, AccessDenied) and refusal.block in (Block.SIGN_IN, Block.SEAT_NEEDED):
        status = 403 if who.user_of(request).is_authenticated else 401
    return answers.refused(status, str(refusal))
