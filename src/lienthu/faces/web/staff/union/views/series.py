"""Obvious series: many doubtful pairs of one kind, looked through as a list and decided in one act."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission
from lienthu.domain.union.errors import UnionRefused
from lienthu.domain.union.review import Filters
from lienthu.domain.union.review_selectors import SEARCHED, Series, libraries_of, series_groups, series_pairs
from lienthu.domain.union.services import decide as deciding
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.union.filters import pair_from
from lienthu.faces.web.staff.union.page import show
from lienthu.faces.web.staff.union.pairs import hidden_libraries
from lienthu.faces.web.staff.union.progress import note_decided
from lienthu.faces.web.staff.union.words import SERIES


@require_safe
@staff_page(Permission.EDIT_UNION)
def series(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Which obvious series wait, by kind and by the two libraries."""
    groups = series_groups(Filters(hidden=hidden_libraries(desk)))
    names = Library.objects.in_bulk({pk for g in groups for pk in g.libraries})
    return show(
        desk,
        "series.html",
        current="series",
        trail=[(_("Obvious series"), "")],
        searched=SEARCHED,
        groups=[
            {
                "label": SERIES[g.kind][0],
                "hint": SERIES[g.kind][1],
                "libraries": [names[pk].name for pk in dict.fromkeys(g.libraries)],
                "pairs": g.pairs,
                "url": reverse("staff_union:series_group", args=[g.kind, *g.libraries]),
            }
            for g in groups
        ],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.EDIT_UNION)
def group(request: HttpRequest, desk: Desk, kind: str, left: int, right: int) -> HttpResponse:
    """The pairs of a group, all ticked; with POST, the ticked ones are called different in one act."""
    hidden = hidden_libraries(desk)
    libraries = Library.objects.in_bulk([pk for pk in (left, right) if pk < 2**63 and pk not in hidden])
    if kind not in SERIES or {left, right} - libraries.keys():
        raise Http404
    if request.method == "POST":
        return _decide(request, desk, kind, (left, right), hidden)
    label, hint = SERIES[kind]
    context: dict[str, Any] = {
        "label": label,
        "hint": hint,
        "libraries": [libraries[pk].name for pk in dict.fromkeys((left, right))],
        "pairs": series_pairs(Series(kind), (left, right), Filters(hidden=hidden)),
    }
    return show(
        desk,
        "series_group.html",
        current="series",
        trail=[(_("Obvious series"), reverse("staff_union:series")), (str(label), "")],
        **context,
    )


def _decide(
    request: HttpRequest, desk: Desk, kind: str, libraries: tuple[int, int], hidden: frozenset[int]
) -> HttpResponse:
    ticked = {pair for text in request.POST.getlist("pair")[: deciding.AT_ONCE] if (pair := pair_from(text))}
    here = redirect("staff_union:series_group", kind, *libraries)
    if not ticked:
        messages.error(request, _("No pair is ticked. Nothing was decided."))
        return here
    if hidden & set(libraries_of({r for pair in ticked for r in pair}).values()):
        raise Http404
    note = str(SERIES[kind][0])
    try:
        act = deciding.decide_pairs([(*pair, "different") for pair in sorted(ticked)], actor=desk.actor, note=note)
    except UnionRefused as refused:
        messages.error(request, refused.message)
        return here
    note_decided(request.session, act.pk if act else None, len(ticked))
    said = ngettext("%(n)d pair called different.", "%(n)d pairs called different.", len(ticked)) % {"n": len(ticked)}
    messages.success(request, said + " " + _("You can take it back as a whole in the list of decisions."))
    return redirect("staff_union:acts")
