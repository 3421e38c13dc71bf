"""The screens of authorities. Everybody at a desk may look; union editors of the province change (rule AUT-14)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lienthu.domain.catalog import authority_selectors as catalog
from lienthu.domain.catalog.authority_models import Authority, AuthorityName
from lienthu.domain.catalog.errors import AuthorityRefused
from lienthu.domain.catalog.services import authorities as acts
from lienthu.domain.catalog.services.heading_decisions import decide_heading, withdraw_decision
from lienthu.domain.discovery.hits import works_under
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.authorities.forms import AuthorityForm, MergeForm, SearchForm
from lienthu.faces.web.staff.authorities.words import explained
from lienthu.faces.web.staff.pages import Trail, number_from, show, tell

PAGE = 30
LOOK, CHANGE = Permission.VIEW_STAFF, Permission.EDIT_UNION


def _trail(*more: tuple[str, str]) -> Trail:
    return [(_("Authorities"), reverse("staff_authorities:list") if more else ""), *more]


def _found(pk: int) -> Authority:
    """The authority of an address, or the one it was merged into. Raises Http404."""
    found = catalog.authority_by_id(pk) if pk < 2**63 else None
    if found is None:
        raise Http404
    return found


@require_safe
@staff_page(LOOK)
def authority_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All authorities in the order of their headings, or those of which a name holds the words."""
    form = SearchForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    q, kind = asked.get("q", ""), asked.get("kind", "")
    last = number_from(request, "after")
    before = Authority.objects.filter(pk=last).first() if last else None
    found = catalog.authority_list(q, kind, (before.sort_key, before.pk) if before else None, PAGE + 1)
    shown = found[:PAGE]
    counts = catalog.record_counts([a.pk for a in shown])
    keep = urlencode({name: value for name, value in (("q", q), ("kind", kind)) if value})
    more = len(found) > PAGE and not q
    return show(
        desk,
        "authorities/list.html",
        trail=_trail(),
        form=form,
        rows=[(a, counts.get(a.pk, 0)) for a in shown],
        narrowed=bool(q or kind),
        cut=len(found) > PAGE and bool(q),
        next_url=f"?{keep}&after={shown[-1].pk}" if more else "",
        previous_url=f"?{keep}" if before else "",
        waiting=bool(catalog.suggestions(limit=1)),
    )


@require_safe
@staff_page(LOOK)
def authority(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One authority: its names, what stands under it, and how it came to be."""
    found = _found(pk)
    if found.pk != pk:
        return redirect("staff_authorities:authority", pk=found.pk)
    said = catalog.said_by(found)
    after = number_from(request, "after") or 0
    works, following = works_under(found.pk, after=after, limit=PAGE)
    waiting = found.revisions.filter(number__gt=found.revision).order_by("-number").first()
    here = reverse("staff_authorities:authority", args=[pk])
    return show(
        desk,
        "authorities/authority.html",
        trail=_trail((found.heading, "")),
        authority=found,
        said=said,
        names=[(AuthorityName.Form(form).label, text) for form, text in catalog.names_of(found)],
        see_also=[(s, catalog.found_by(s.heading.text, [s.heading.kind])) for s in said.see_also],
        merged=catalog.merged_into(found),
        works=works,
        records=catalog.record_counts([found.pk]).get(found.pk, 0),
        next_url=f"{here}?after={following}" if following else "",
        previous_url=here if after else "",
        revisions=catalog.history_of_authority(found),
        waiting=waiting,
        decisions=catalog.decisions_on(found),
        may_change=desk.may(CHANGE),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(CHANGE)
def edit(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Change heading, years, other forms and note."""
    desk.rights.require(CHANGE)
    found = _found(pk)
    said = catalog.said_by(found)
    person = found.kind == Authority.Kind.PERSON
    dates = next((v for c, v in said.subfields if c == "d"), "") if person else ""
    heading = found.heading.removesuffix(f", {dates}") if dates else found.heading
    initial = {
        "heading": heading,
        "dates": dates,
        "variants": "\n".join(v.heading.text for v in said.variants),
        "note": " ".join(said.notes[:1]),
    }
    form = AuthorityForm(request.POST if request.method == "POST" else None, initial=initial, person=person)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            acts.amend_authority(
                found.pk, heading=given["heading"], dates=given.get("dates", ""), variants=given["variants"],
                note=given["note"], actor=desk.actor,
            )  # fmt: skip
        except AuthorityRefused as e:
            form.add_error(None, e.message)
        else:
            messages.success(request, _("Saved. The publications follow within moments."))
            return redirect("staff_authorities:authority", pk=found.pk)
    return show(
        desk,
        "authorities/edit.html",
        trail=_trail((found.heading, reverse("staff_authorities:authority", args=[found.pk])), (_("Change"), "")),
        status=422 if form.errors else 200,
        authority=found,
        form=form,
    )


@require_POST
@staff_page(CHANGE)
def restore(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Bring a revision back into force."""
    desk.rights.require(CHANGE)
    number = request.POST.get("number", "")
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        raise Http404
    try:
        acts.restore_authority(_found(pk).pk, int(number), actor=desk.actor)
        messages.success(request, _("Revision %(n)s is in force again.") % {"n": number})
    except AuthorityRefused as e:
        tell(request, e)
    return redirect("staff_authorities:authority", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(CHANGE)
def merge(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Choose, by name, the authority that this one is a duplicate of."""
    desk.rights.require(CHANGE)
    found = _found(pk)
    if request.method == "POST":
        form = MergeForm(request.POST)
        if not form.is_valid():
            raise Http404
        try:
            acts.merge_authorities(found.pk, form.cleaned_data["into"], actor=desk.actor)
            messages.success(request, _("Merged. Its names and publications lead here now."))
            return redirect("staff_authorities:authority", pk=form.cleaned_data["into"])
        except AuthorityRefused as e:
            tell(request, e)
    search = SearchForm({"q": request.GET.get("q", catalog.said_by(found).heading.name)[:200], "kind": found.kind})
    q = search.cleaned_data["q"] if search.is_valid() else ""
    others = [a for a in catalog.authority_list(q, found.kind, limit=PAGE) if a.pk != found.pk] if q else []
    counts = catalog.record_counts([a.pk for a in others])
    return show(
        desk,
        "authorities/merge.html",
        trail=_trail((found.heading, reverse("staff_authorities:authority", args=[found.pk])), (_("Merge"), "")),
        authority=found,
        form=search,
        rows=[(a, counts.get(a.pk, 0)) for a in others],
    )


@require_POST
@staff_page(CHANGE)
def part(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Undo a merge: ``pk`` stands for itself again."""
    desk.rights.require(CHANGE)
    try:
        acts.part_authority(pk, actor=desk.actor)
        messages.success(request, _("Parted. Each has its names and publications again."))
    except (AuthorityRefused, Authority.DoesNotExist) as e:
        if isinstance(e, Authority.DoesNotExist):
            raise Http404 from e
        tell(request, e)
    return redirect("staff_authorities:authority", pk=pk)


@require_safe
@staff_page(LOOK)
def suggestions(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Headings that may be an authority, with the reasons, for a person to decide."""
    after = _place(request.GET.get("after", ""))
    groups = catalog.suggestions(after, PAGE + 1)
    here = reverse("staff_authorities:suggestions")
    last = groups[PAGE - 1] if len(groups) > PAGE else None
    at = urlencode({"after": f"{last.heading_key}|{last.digest}|{last.authority.pk}"}) if last else ""
    return show(
        desk,
        "authorities/suggestions.html",
        trail=_trail((_("Suggestions"), "")),
        rows=[(g, explained(g.reasons)) for g in groups[:PAGE]],
        next_url=f"{here}?{at}" if at else "",
        previous_url=here if after else "",
        may_change=desk.may(CHANGE),
    )


@require_POST
@staff_page(CHANGE)
def decide(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Say that a heading is, or is not, an authority."""
    desk.rights.require(CHANGE)
    try:
        digest = bytes.fromhex(request.POST.get("digest", "")[:64])
        authority_id = int(request.POST.get("authority", "")[:18])
    except ValueError as e:
        raise Http404 from e
    same = request.POST.get("verdict") == "same"
    try:
        said = decide_heading(digest=digest, authority_id=authority_id, same=same, actor=desk.actor)
        words = _("“%(heading)s” is linked now.") if same else _("“%(heading)s” will not be linked to it.")
        messages.success(request, words % {"heading": said.heading})
    except AuthorityRefused as e:
        tell(request, e)
    return redirect("staff_authorities:suggestions")


@require_POST
@staff_page(CHANGE)
def withdraw(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Take back a decision."""
    desk.rights.require(CHANGE)
    try:
        withdraw_decision(pk, actor=desk.actor)
        messages.success(request, _("Taken back. The rules decide again."))
    except AuthorityRefused as e:
        tell(request, e)
    back = request.POST.get("authority", "")
    if back.isascii() and back.isdigit() and len(back) < 19:
        return redirect("staff_authorities:authority", pk=int(back))
    return redirect("staff_authorities:list")


def _place(text: str) -> tuple[str, str, int] | None:
    """Where the page before ended: key, digest, authority."""
    key, _bar, rest = text.partition("|")
    digest, _bar, number = rest.partition("|")
    if "\x00" in key or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    try:
        return key[:120], bytes.fromhex(digest).hex(), int(number)
    except ValueError:
        return None
