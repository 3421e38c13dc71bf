"""Uploading: what it is to become, then the files by tus 1.0 (creation, checksum, expiration, termination)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from lienthu.domain.digital.access import open_object
from lienthu.domain.digital.errors import AccessDenied, DigitalRefused, NoSuchObject
from lienthu.domain.digital.models import DeliveredFile, Delivery, DigitalObject, MasterFile
from lienthu.domain.digital.policy import Act
from lienthu.domain.digital.problems import sentence_of
from lienthu.domain.digital.selectors.objects import progress_of
from lienthu.domain.digital.services import deliveries
from lienthu.domain.digital.services.deliveries import UploadRefused
from lienthu.domain.digital.services.telling import Step, Told
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk, View, staff_page
from lienthu.faces.web.staff.digital.desk import reader_at, title_known, trail_to
from lienthu.faces.web.staff.digital.forms import UploadForm
from lienthu.faces.web.staff.pages import number_from, refuse_foreign, show, show_live
from lienthu.faces.web.ui.templatetags.ui import count

DIGITISE = Permission.DIGITISE
TUS = "1.0.0"
_NAMED = 500  # so many files of an upload are listed by name; the page knows all of them


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(DIGITISE)
def upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the files are to become: a new object, or pages of one that is there."""
    target = _target(desk, request.GET.get("object", ""))
    if target is not None:
        return _for_object(request, desk, target)
    posted = request.POST if request.method == "POST" else None
    reader = reader_at(desk)
    record = number_from(request, "record")
    initial = {"project": request.GET.get("project"), "record": record, "title": title_known(reader, record)}
    form = UploadForm(desk.libraries(DIGITISE), reader, posted, initial=initial)
    if posted is not None and form.is_valid():
        library = form.cleaned_data["library"]
        desk.rights.require(DIGITISE, library.pk)
        made = deliveries.open_delivery(library, form.wish(), actor=desk.actor)
        return redirect("staff_digital:delivery", token=made.token)
    if posted is not None and "library" in form.errors:
        refuse_foreign(desk, DIGITISE, posted.get("library"))
    trail = [(_("Digitisation"), reverse("staff_digital:board")), (_("Upload"), "")]
    return show(desk, "digital/upload.html", trail=trail, form=form, status=422 if form.errors else 200)


def _target(desk: Desk, public_id: str) -> DigitalObject | None:
    if not public_id:
        return None
    try:
        opened = open_object(public_id, reader_at(desk))
    except (NoSuchObject, AccessDenied) as hidden:
        raise Http404 from hidden
    desk.rights.require(DIGITISE, opened.object.library_id)
    opened.require(Act.WORK)
    return opened.object


def _for_object(request: HttpRequest, desk: Desk, target: DigitalObject) -> HttpResponse:
    """Straight to the files: where they go is known."""
    wish: dict[str, Any] = {}
    for name in ("after", "replace"):
        if (seq := number_from(request, name)) is not None:
            if not target.pages.filter(seq=seq).exists():
                raise Http404
            wish[name] = seq
    if request.method != "POST":
        return show(desk, "digital/upload.html", trail=trail_to(target, (_("Upload"), "")), object=target)
    made = deliveries.open_delivery(target.library, wish, target=target, actor=desk.actor)
    return redirect("staff_digital:delivery", token=made.token)


def _own(view: View) -> View:
    """A view about a delivery: for who began it, while the role in the library lasts."""

    @wraps(view)
    def entered(request: HttpRequest, desk: Desk, token: str, *args: Any, **kwargs: Any) -> Any:
        found = Delivery.objects.select_related("library", "object").filter(token=token).first()
        if found is None or found.owner_id != desk.actor.user_id:
            raise Http404
        desk.rights.require(DIGITISE, found.library_id)
        return view(request, desk, found, *args, **kwargs)

    return entered


@require_http_methods(["GET", "HEAD"])
@staff_page(DIGITISE)
@_own
def delivery(request: HttpRequest, desk: Desk, found: Delivery) -> HttpResponse:
    """The files of an upload, and what becomes of them."""
    files = [(f, deliveries.offset_of(f)) for f in found.files.select_related("delivery").order_by("path")]
    files.sort(key=lambda one: one[1] == one[0].size)  # what has not come whole is looked for, the rest is counted
    more = files[_NAMED:]
    target = found.object if found.state in (Delivery.State.OPEN, Delivery.State.DONE) else None
    trail = trail_to(target, (_("Upload"), "")) if target else [
        (_("Digitisation"), reverse("staff_digital:board")), (_("Upload"), "")
    ]  # fmt: skip
    return show_live(
        desk, "digital/delivery.html", "digital/delivery_live.html",
        going=found.state in (Delivery.State.QUEUED, Delivery.State.WORKING), trail=trail, delivery=found,
        files=files[:_NAMED], more=len(more), rest=json.dumps([[f.path, f.size, offset] for f, offset in more]),
        all_here=bool(files) and all(offset == f.size for f, offset in files),
        title=found.wish.get("title") or (found.object.title if found.object else ""),
        replaces=found.wish.get("replace"), most=deliveries.MOST_FILES,
        unread=_unread(found.object) if found.state == Delivery.State.DONE and found.object else [],
        told=_told(deliveries.told_of(found)),
        progress=progress_of(found.object.pk) if found.state == Delivery.State.DONE and found.object else None,
        left_out=[(one["name"], sentence_of(one["code"])) for one in found.left_out],
    )  # fmt: skip


def _told(told: Told | None) -> dict[str, Any]:
    """How far the taking in is, as the progress bar wants it; nothing where nothing is known (WFL-23)."""
    if told is None:
        return {}
    if told.step is Step.READING:
        return {"label": _("Reading the files, in megabytes"), "done": told.done >> 20, "total": told.total >> 20}
    found = (
        ngettext("%(n)s page found", "%(n)s pages found", told.pages) % {"n": count(told.pages)} if told.pages else ""
    )
    if told.step is Step.CHECKING:
        return {"label": _("Checking the files"), "done": told.done, "total": told.total, "note": found}
    return {"label": _("Opening the files") if told.step is Step.UNPACKING else _("Storing the files"), "note": found}


def _unread(obj: DigitalObject) -> list[tuple[MasterFile, int, str]]:
    """Files that stand among the pages and cannot be shown, with the number of their page and why."""
    found = obj.files.filter(pages__isnull=False).exclude(problem="")
    files = found.annotate(seq=Min("pages__seq")).order_by("path")[:50]
    return [(file, file.seq, sentence_of(file.problem)) for file in files]


@require_POST
@staff_page(DIGITISE)
@_own
def finish(request: HttpRequest, desk: Desk, found: Delivery) -> HttpResponse:
    """All files are there: take them in."""
    from django.contrib import messages

    try:
        deliveries.finish(found.token, actor=desk.actor)
    except DigitalRefused as refused:
        messages.error(request, str(refused))
    return redirect("staff_digital:delivery", token=found.token)


# ------------------------------------------------------------------------------------------------------------------ tus


def _tus(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The headers of the protocol, and refusals as plain text."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != TUS:
            answer = HttpResponse(status=412)
            answer["Tus-Version"] = TUS
        else:
            try:
                answer = view(request, *args, **kwargs)
            except UploadRefused as refused:
                answer = HttpResponse(str(refused), status=refused.status, content_type="text/plain; charset=utf-8")
        answer["Tus-Resumable"] = TUS
        answer["Cache-Control"] = "no-store"
        return answer

    return entered


def _metadata(header: str) -> dict[str, str]:
    found = {}
    for part in header[:8000].split(","):
        name, _space, value = part.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except ValueError:
            continue
    return found


def _number(request: HttpRequest, name: str) -> int:
    value = request.headers.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        raise UploadRefused(f"{name}?", 400)
    return int(value)


def _expires(answer: HttpResponse, found: Delivery) -> HttpResponse:
    answer["Upload-Expires"] = http_date((found.touched_at + deliveries.KEPT).timestamp())
    return answer


@require_http_methods(["OPTIONS", "POST"])
@staff_page(DIGITISE)
@_own
@_tus
def create(request: HttpRequest, desk: Desk, found: Delivery) -> HttpResponse:
    """Announce a file (tus creation)."""
    if request.method == "OPTIONS":
        answer = HttpResponse(status=204)
        answer["Tus-Version"] = TUS
        answer["Tus-Extension"] = "creation,expiration,termination,checksum"
        answer["Tus-Checksum-Algorithm"] = "sha1,sha256"
        answer["Tus-Max-Size"] = str(settings.MAX_IMPORT_FILE_BYTES)
        return answer
    said = _metadata(request.headers.get("Upload-Metadata", ""))
    name = said.get("relativePath") or said.get("filename") or "file"
    file = deliveries.announce(found, name, _number(request, "Upload-Length"))
    answer = HttpResponse(status=201)
    answer["Location"] = reverse("staff_digital:upload_file", args=[found.token, file.token])
    return _expires(answer, found)


@require_http_methods(["HEAD", "PATCH", "DELETE"])
@staff_page(DIGITISE)
@_own
@_tus
def file(request: HttpRequest, desk: Desk, found: Delivery, name: str) -> HttpResponse:
    """How far a file is, its next piece, or its end."""
    row = DeliveredFile.objects.filter(delivery=found, token=name).first()
    if row is None or found.state != Delivery.State.OPEN:
        return HttpResponse(status=410 if row else 404)
    row.delivery = found
    if request.method == "DELETE":
        deliveries.drop(row)
        return HttpResponse(status=204)
    if request.method == "PATCH":
        if request.content_type != "application/offset+octet-stream":
            return HttpResponse(status=415)
        checksum = deliveries.checksum_of(request.headers.get("Upload-Checksum", ""))
        try:
            offset = deliveries.write(row, _number(request, "Upload-Offset"), request.read, checksum)
        except UnreadablePostError:
            return HttpResponse(status=400)  # the connection broke: what came is kept
        answer = HttpResponse(status=204)
    else:
        offset = deliveries.offset_of(row)
        answer = HttpResponse(status=200)
        answer["Upload-Length"] = str(row.size)
    answer["Upload-Offset"] = str(offset)
    return _expires(answer, found)
