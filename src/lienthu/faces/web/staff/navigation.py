"""The work areas in the side column of every staff page. `staff_desk` is a context processor for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission
from lienthu.domain.network.selectors import Rights, rights_of


@dataclass(frozen=True)
class _Area:
    name: str
    label: str
    icon: str
    permission: Permission

    @cached_property
    def url(self) -> str:
        return reverse(self.name)


def _areas() -> list[_Area]:
    return [
        _Area("staff:home", _("Overview"), "home", Permission.VIEW_STAFF),
        _Area("staff:import_list", _("Imports"), "upload", Permission.IMPORT_RECORDS),
        _Area("staff_harvesting:sources", _("Harvesting"), "refresh", Permission.IMPORT_RECORDS),
        _Area("staff_digital:board", _("Digitisation"), "layers", Permission.DIGITISE),
        _Area("staff:records", _("Records"), "book", Permission.VIEW_STAFF),
        _Area("staff:quality", _("Quality"), "check", Permission.EXPORT_RECORDS),
        _Area("staff_authorities:list", _("Authorities"), "users", Permission.VIEW_STAFF),
        _Area("staff:export", _("Export"), "download", Permission.EXPORT_RECORDS),
        _Area("staff_union:review", _("Union editing"), "merge", Permission.EDIT_UNION),
        _Area("staff_accounts:list", _("Accounts"), "users", Permission.MANAGE_ROLES),
        _Area("staff_premises:libraries", _("Reading rooms"), "pin", Permission.EDIT_LIBRARY),
        _Area("staff_network:libraries", _("Libraries"), "library", Permission.VIEW_STAFF),
    ]


def staff_nav(request: HttpRequest, rights: Rights) -> list[dict[str, Any]]:
    """The areas this person works in: [{url, label, icon, current}]."""
    held = {grant.library_id for grant in rights.facts.grants}
    shown = [area for area in _areas() if any(rights.allowed(area.permission, scope) for scope in held)]
    at_home = request.path == reverse("staff:home")
    return [
        {
            "url": area.url,
            "label": area.label,
            "icon": area.icon,
            "current": at_home if area.name == "staff:home" else request.path.startswith(area.url),
        }
        for area in shown
    ]


def current_library(rights: Rights) -> Library | None:
    """The library of a person who works in exactly one."""
    scopes = {
        grant.library_id for grant in rights.facts.grants if rights.allowed(Permission.VIEW_STAFF, grant.library_id)
    }
    if len(scopes) != 1:
        return None
    only = scopes.pop()
    return Library.objects.filter(pk=only).first() if only is not None else None


def staff_desk(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``staff_nav`` and ``current_library``, read only by templates that show them."""

    def rights() -> Rights:
        return rights_of(request.user)

    return {
        "staff_nav": SimpleLazyObject(lambda: staff_nav(request, rights())),
        "current_library": SimpleLazyObject(lambda: current_library(rights())),
    }
