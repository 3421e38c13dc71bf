"""What the screens of the network share: who may enter, which library, how a refusal reaches its form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.network.errors import InvalidData, NotAllowed, Refused, UnknownLibrary
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission
from lienthu.domain.network.selectors import Rights, rights_of

View = Callable[..., HttpResponse]


def for_staff(view: View) -> View:
    """Only for people with a staff role; the view gets their rights after the request."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rights = rights_of(request.user)
        rights.require(Permission.VIEW_STAFF)
        return view(request, rights, *args, **kwargs)

    return entered


def visible_library(rights: Rights, pk: int) -> Library:
    """The library, unless it is closed to this person: then it is as if it did not exist."""
    library = Library.objects.select_related("unit", "unit__former_district").filter(pk=pk).first()
    if library is None or (library.closed and not rights.allowed(Permission.VIEW_CLOSED, pk)):
        raise UnknownLibrary(_("There is no such library."))
    return library


def day_asked(request: HttpRequest) -> date:
    """The day of ``?as_of=``; today where it is missing or no date."""
    try:
        return date.fromisoformat(request.GET.get("as_of", ""))
    except ValueError:
        return timezone.localdate()


def show(
    request: HttpRequest, template: str, *, trail: list[tuple[str, str]], status: int = 200, **context: Any
) -> HttpResponse:
    """A page with its breadcrumb: (label, url) from the outside in, the page itself last with an empty url."""
    crumbs = [{"label": _("Libraries"), "url": reverse("staff_network:libraries")}]
    crumbs += [{"label": label, "url": url} for label, url in trail]
    return render(request, f"staff/network/{template}", {"breadcrumb": crumbs, **context}, status=status)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was posted, even if that is nothing."""
    return request.POST if request.method == "POST" else None


def library_trail(library: Library, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumb of a page below a library."""
    return [(str(library), reverse("staff_network:library", args=[library.pk])), *more]


def refuse(form: forms.Form, refused: Refused) -> None:
    """Put a service's refusal into the form, on the field it is about."""
    if isinstance(refused, NotAllowed):
        raise refused
    told = refused.errors if isinstance(refused, InvalidData) else {"": [str(refused), str(refused.explanation)]}
    for field, texts in told.items():
        for text in filter(None, texts):
            form.add_error(field if field in form.fields else None, text)
