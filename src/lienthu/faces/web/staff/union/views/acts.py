"""What people decided, the newest first, and taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lienthu.domain.network.policy import Permission
from lienthu.domain.union.errors import UnionRefused
from lienthu.domain.union.history import ActRow, acts_about, acts_by_id, decisions_by_act, recent_acts
from lienthu.domain.union.review_selectors import libraries_of
from lienthu.domain.union.services import decide as deciding
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.union.filters import number
from lienthu.faces.web.staff.union.page import show
from lienthu.faces.web.staff.union.pairs import hidden_libraries, percent
from lienthu.faces.web.staff.union.progress import note_undone
from lienthu.faces.web.staff.union.words import ACTS, VERDICTS

PAGE = 40
SHOWN = 200


@require_safe
@staff_page(Permission.EDIT_UNION)
def acts(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Acts by keyset."""
    before = number(request.GET.get("before", ""))
    rows = recent_acts(before, PAGE + 1)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    closed = acts_about([row.id for row in rows], hidden_libraries(desk))
    here = reverse("staff_union:acts")
    return show(
        desk,
        "acts.html",
        current="acts",
        trail=[(_("Decisions"), "")],
        rows=[{"act": row, "label": ACTS.get(row.kind, row.kind), "closed": row.id in closed} for row in rows],
        next_url=f"{here}?before={rows[-1].id}" if more else "",
        first_url=here if before else "",
    )


@require_safe
@staff_page(Permission.EDIT_UNION)
def act(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One act with what it said of which records."""
    row = _act(pk)
    said = decisions_by_act(pk, limit=SHOWN)
    hidden = hidden_libraries(desk)
    libraries = libraries_of({r for d in said for r in (d.left, d.right)}) if hidden else {}
    seen = [d for d in said if not hidden & {libraries.get(d.left), libraries.get(d.right)}]
    return show(
        desk,
        "act.html",
        current="acts",
        trail=[(_("Decisions"), reverse("staff_union:acts")), (_("Decision %(n)d") % {"n": pk}, "")],
        act=row,
        label=ACTS.get(row.kind, row.kind),
        closed=bool(acts_about([pk], hidden)),
        said=[
            {
                "pair": d,
                "label": VERDICTS[d.verdict][0],
                "kind": VERDICTS[d.verdict][1],
                "then": percent(d.score) if d.score is not None else "",
            }
            for d in seen
        ],
        shown=SHOWN,
    )


@require_POST
@staff_page(Permission.EDIT_UNION)
def revert(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Take an act back as a whole, and return where the button stood."""
    row = _act(pk)
    try:
        deciding.revert(pk, actor=desk.actor, note=request.POST.get("note", ""), hidden=hidden_libraries(desk))
    except UnionRefused as refused:
        messages.error(request, refused.message)
    else:
        note_undone(request.session, pk, row.pairs)
        messages.success(request, _("Taken back. What it had replaced stands again."))
    back = request.POST.get("back", "")
    own = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if own else reverse("staff_union:acts"))


def _act(pk: int) -> ActRow:
    found = acts_by_id([pk]) if pk < 2**63 else []
    if not found:
        raise Http404
    return found[0]
