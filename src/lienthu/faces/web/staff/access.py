"""Who may open which staff page: the one place. A view without one of these decorators has no address here.

Each asks `network.selectors` for the person's rights, refuses before anything is read, and hands the view a Desk and,
for pages about one batch, system or record, that object: a view cannot forget whose library it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from lienthu.domain.catalog.models import BibRecord, ImportBatch, Source
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission
from lienthu.domain.network.selectors import Rights, actor_of, libraries_for, rights_of
from lienthu.platform.actor import Actor

View = Callable[..., HttpResponseBase]


@dataclass(slots=True)
class Desk:
    """The person at work: rights, name for the audit trail, and the libraries each permission counts in."""

    request: HttpRequest
    rights: Rights
    actor: Actor
    _libraries: dict[Permission, list[Library]] = field(default_factory=dict)

    def libraries(self, permission: Permission) -> list[Library]:
        """The libraries in which the person may do this, in the order of their names."""
        if permission not in self._libraries:
            found = libraries_for(self.request.user, permission)
            self._libraries[permission] = list(found.order_by("name_sort", "code"))
        return self._libraries[permission]

    def library_ids(self, permission: Permission) -> list[int]:
        """Ids of `libraries`."""
        return [library.pk for library in self.libraries(permission)]

    def may(self, permission: Permission, library_id: int | None = None) -> bool:
        """Whether the act is allowed."""
        return self.rights.allowed(permission, library_id)

    def library(self, pk: int, permission: Permission) -> Library:
        """One library. Raises NotAllowed (403), or Http404 for a number that is none."""
        library = Library.objects.filter(pk=pk).first() if pk < 2**63 else None
        if library is None:
            raise Http404
        self.rights.require(permission, library.pk)
        return library


def _enter(request: HttpRequest) -> Desk:
    rights = rights_of(request.user)
    rights.require(Permission.VIEW_STAFF)
    return Desk(request, rights, actor_of(request.user))


def _guarded(view: View, permission: Permission) -> View:
    guarded = never_cache(login_required(view))
    guarded.staff_permission = permission  # type: ignore[attr-defined]  # the tests go through all addresses by it
    return guarded


def staff_page(permission: Permission) -> Callable[[View], View]:
    """A page for people with this permission in at least one library. The view scopes what it shows by the Desk."""

    def decorate(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            desk = _enter(request)
            if not desk.may(permission) and not desk.libraries(permission):
                desk.rights.require(permission)
            return view(request, desk, *args, **kwargs)

        return _guarded(entered, permission)

    return decorate


def batch_page(permission: Permission) -> Callable[[View], View]:
    """A page about one import: only with this permission in its library. The view gets the batch after the desk."""
    return _page_about(ImportBatch, ("library", "source"), permission)


def source_page(permission: Permission) -> Callable[[View], View]:
    """A page about one system of a library: only with this permission there. The view gets it after the desk."""
    return _page_about(Source, ("library",), permission)


def record_page(permission: Permission) -> Callable[[View], View]:
    """A page about one record: only with this permission in its library. The view gets the record after the desk."""
    return _page_about(BibRecord, ("library", "source", "host"), permission)


def _page_about(
    kind: type[ImportBatch | Source | BibRecord], along: Sequence[str], permission: Permission
) -> Callable[[View], View]:
    """A page about a row of a library, read with what ``along`` names."""

    def decorate(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
            desk = _enter(request)
            row = kind._default_manager.select_related(*along).filter(pk=pk).first()
            if row is None:
                raise Http404
            desk.rights.require(permission, row.library_id)
            return view(request, desk, row, *args, **kwargs)

        return _guarded(entered, permission)

    return decorate
