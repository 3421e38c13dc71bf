"""Who may open which page of the digitisation desk, and the frame that all pages about one object share.

Every page about an object goes through `object_page`: through the one door (`domain/digital/access.py`), then through
the person's role in the library of the object. What is hidden looks like what is not there (RGT-3).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from lienthu.domain.catalog.selectors import titles_of
from lienthu.domain.digital.access import open_object, reader_of
from lienthu.domain.digital.errors import AccessDenied, DigitalRefused, NoSuchObject
from lienthu.domain.digital.models import DigitalObject
from lienthu.domain.digital.policy import Act, Reader
from lienthu.domain.digital.selectors.shelves import houses_of
from lienthu.domain.network.policy import Permission
from lienthu.domain.network.selectors.libraries import closed_library_ids
from lienthu.faces.web.staff.access import Desk, View, staff_page
from lienthu.faces.web.staff.pages import Trail, show
from lienthu.platform.client_address import client_address


def reader_at(desk: Desk) -> Reader:
    """The person at the desk as the door knows people."""
    return reader_of(desk.request.user, client_address(desk.request))


def titles_known(reader: Reader, record_ids: Sequence[int]) -> dict[int, str]:
    """The titles of these records, of libraries that are closed to others only for their own people (RGT-3)."""
    return titles_of(record_ids, without=closed_library_ids() - houses_of(reader))


def title_known(reader: Reader, record_id: int | None) -> str | None:
    """The title of one record; None where there is none that this person may know of."""
    return titles_known(reader, [record_id]).get(record_id) if record_id is not None else None


def object_page(permission: Permission = Permission.DIGITISE) -> Callable[[View], View]:
    """A page about one object: only with this permission in its library. The view gets the object after the desk."""

    def decorate(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, desk: Desk, public_id: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                opened = open_object(public_id, reader_at(desk))
            except (NoSuchObject, AccessDenied) as hidden:
                raise Http404 from hidden
            desk.rights.require(permission, opened.object.library_id)
            opened.require(Act.WORK)
            return view(request, desk, opened.object, *args, **kwargs)

        return staff_page(permission)(entered)

    return decorate


def desk_trail(*more: tuple[str, str]) -> Trail:
    """The trail of a page of the desk that is about no single object."""
    return [(_("Digitisation"), reverse("staff_digital:board") if more else ""), *more]


def desk_tabs(current: str) -> list[dict[str, Any]]:
    """The pages of the desk that are about no single object."""
    names = [
        ("board", _("Board"), "grid"),
        ("titles", _("Titles"), "list"),
        ("projects", _("Projects"), "box"),
        ("collections", _("Collections"), "layers"),
        ("profiles", _("Quality profiles"), "check"),
        ("rules", _("Access rules"), "key"),
    ]
    return [
        {"label": label, "icon": icon, "url": reverse(f"staff_digital:{name}"), "current": name == current}
        for name, label, icon in names
    ]


def trail_to(obj: DigitalObject, *more: tuple[str, str]) -> Trail:
    """The trail of a page below an object."""
    here = reverse("staff_digital:object", args=[obj.public_id]) if more else ""
    return [(_("Digitisation"), reverse("staff_digital:board")), (obj.title, here), *more]


def tabs_of(desk: Desk, obj: DigitalObject, current: str) -> list[dict[str, Any]]:
    """The pages about one object."""
    names = [
        ("object", _("Overview"), "info"),
        ("pages", _("Pages"), "layers"),
        ("quality", _("Quality"), "check"),
        ("texts", _("Text"), "edit"),
        ("describe", _("Description"), "book"),
        ("rights", _("Rights and publication"), "key"),
    ]
    return [
        {
            "label": label,
            "icon": icon,
            "url": reverse(f"staff_digital:{name}", args=[obj.public_id]),
            "current": name == current,
        }
        for name, label, icon in names
    ]


def show_object(
    desk: Desk, obj: DigitalObject, template: str, tab: str, *, more: Trail = (), status: int = 200, **context: Any
) -> HttpResponse:
    """A page about an object in the frame of the desk."""
    return show(
        desk,
        f"digital/{template}",
        trail=trail_to(obj, *more),
        status=status,
        object=obj,
        tabs=tabs_of(desk, obj, tab),
        **context,
    )


def refusal(refused: DigitalRefused) -> JsonResponse:
    """A refusal for scripts: the sentence and the code."""
    return JsonResponse({"message": str(refused), "code": refused.code}, status=refused.status)


def json_body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that a script sent. Raises ValueError for anything else."""
    value = json.loads(request.body)
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value
