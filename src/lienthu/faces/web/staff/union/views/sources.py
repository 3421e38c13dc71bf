"""Which library is best at what: libraries in order for each group of fields (CLU-17)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission
from lienthu.domain.network.selectors import public_libraries
from lienthu.domain.union.elect import GROUPS
from lienthu.domain.union.election import source_ranks
from lienthu.domain.union.errors import UnionRefused
from lienthu.domain.union.services.ranking import rank_group
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.union.page import show
from lienthu.faces.web.staff.union.words import GROUP_WORDS


@require_safe
@staff_page(Permission.EDIT_UNION)
def sources(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every group of fields with its libraries in order."""
    names = {library.id: library.name for library in public_libraries()}
    groups = []
    for group in GROUPS:
        order = [library_id for library_id in _order(group) if library_id in names]
        others = [(pk, name) for pk, name in names.items() if pk not in order]
        ranked = [(pk, names[pk]) for pk in order]
        groups.append({"name": group, "label": GROUP_WORDS[group], "ranked": ranked, "others": others})
    return show(desk, "sources.html", current="sources", trail=[(_("Best sources"), "")], groups=groups)


@require_POST
@staff_page(Permission.EDIT_UNION)
def rank(request: HttpRequest, desk: Desk, group: str) -> HttpResponse:
    """Add a library at the end, move one up, or take one out."""
    if group not in GROUPS:
        raise Http404
    order = _order(group)
    library_id = _library_in(request.POST)
    match request.POST.get("act"):
        case "add" if library_id not in order:
            order.append(library_id)
        case "up" if library_id in order[1:]:
            at = order.index(library_id)
            order[at - 1 : at + 1] = [order[at], order[at - 1]]
        case "out" if library_id in order:
            order.remove(library_id)
    try:
        rank_group(group, order, actor=desk.actor)
    except UnionRefused as refused:
        messages.error(request, refused.message)
    return redirect(f"{reverse('staff_union:sources')}#{group}")


def _library_in(posted: QueryDict) -> int:
    raw = posted.get("library", "")
    if not raw.isdecimal() or len(raw) > 18 or not Library.objects.filter(pk=int(raw), closed=False).exists():
        raise Http404
    return int(raw)


def _order(group: str) -> list[int]:
    places = [(ranks[group], library_id) for library_id, ranks in source_ranks().items() if group in ranks]
    return [library_id for _place, library_id in sorted(places)]
