"""Taking a volume away as a file, where that is allowed (RDR-7)."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from lienthu.domain.digital.access import Opened
from lienthu.domain.digital.errors import DigitalRefused, NotPrepared
from lienthu.domain.digital.models import Layer
from lienthu.domain.digital.policy import Act
from lienthu.domain.digital.selectors.exports import Form, export_of
from lienthu.domain.digital.selectors.objects import page_by_seq, text_of
from lienthu.domain.digital.services.texts import content_of
from lienthu.faces.web.portal.views.errors import too_many
from lienthu.faces.web.reader.asking import guarded, opened_for
from lienthu.foundation.pagetext.alto import write_alto
from lienthu.platform.cost_limit import Limiter, charge

# A PDF makes every page anew: a few at once, then one in two minutes for each address.
LIMITER: Final = Limiter(burst=6.0, refill=1 / 60)
_log = logging.getLogger(__name__)
_COST: Final = {Form.PDF: 2.0, Form.TXT: 0.2, Form.ALTO: 0.5, Form.HOCR: 0.5}


def downloads_of(opened: Opened, *, has_text: bool) -> list[dict[str, Any]]:
    """The files that this reader may take away."""
    if not opened.may(Act.DOWNLOAD):
        return []
    labels = {Form.PDF: _("The volume as PDF")}
    if has_text:
        labels[Form.TXT] = _("The text of the volume")
    public_id = opened.object.public_id
    return [
        {"url": reverse("reader:download", args=[public_id, form]), "label": label} for form, label in labels.items()
    ]


def _wait(request: HttpRequest, cost: float) -> int:
    """As ``charge``, and for people who signed in too, each for themselves: a PDF keeps a thread busy for minutes."""
    if settings.COST_LIMITS and request.user.is_authenticated:
        return math.ceil(LIMITER.take(f"account {request.user.pk}", cost))
    return charge(request, cost, LIMITER)


@require_safe
@guarded
def download(request: HttpRequest, public_id: str, form: str) -> HttpResponse | StreamingHttpResponse:
    """The file, sent while it is made."""
    if form not in list(Form):
        raise Http404(_("There is no such file."))
    opened = opened_for(request, public_id)
    opened.require(Act.DOWNLOAD)
    if wait := _wait(request, _COST[Form(form)]):
        return too_many(request, wait)
    try:
        export = export_of(opened, Form(form))
    except NotPrepared as refused:
        return HttpResponse(str(refused), status=409, content_type="text/plain; charset=utf-8")
    media_type = f"{export.media_type}; charset=utf-8" if export.media_type.startswith("text/") else export.media_type
    response = StreamingHttpResponse(_sent(export.pieces, public_id), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{export.name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _sent(pieces: Iterator[bytes], public_id: str) -> Iterator[bytes]:
    """The pieces. A file that its reader may not have any more breaks off: half of one must not look like all of it."""
    try:
        yield from pieces
    except DigitalRefused as refused:
        _log.warning("a download of %s was broken off: %s", public_id, refused)
        raise


@require_safe
@gzip_page
@guarded
def alto(request: HttpRequest, public_id: str, seq: int) -> HttpResponse:
    """The text of one page with the places of its words."""
    opened = opened_for(request, public_id)
    page = page_by_seq(opened.object, seq)
    if page is None:
        raise Http404(_("There is no such page."))
    opened.require(Act.DOWNLOAD, page)
    row = text_of(page.pk, Layer.ORIGINAL)
    if row is None:
        raise Http404(_("No text has been recognised on this page."))
    made = write_alto(content_of(row), image=f"{public_id}.{seq}", number=page.position)
    return HttpResponse(made, content_type="application/xml", headers={"Cache-Control": "private, no-cache"})
