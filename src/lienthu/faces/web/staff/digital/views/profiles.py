"""Quality profiles: seen by all who digitise, set by the provincial administrator (WFL-17)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lienthu.domain.digital.errors import DigitalRefused
from lienthu.domain.digital.selectors import profiles as known
from lienthu.domain.digital.selectors.profiles import ProfileState
from lienthu.domain.digital.services.profiles import drop_profile, set_profile
from lienthu.domain.digital.shipped.reading import Profile
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.digital.desk import desk_tabs, desk_trail
from lienthu.faces.web.staff.digital.rule_forms import ProfileForm
from lienthu.faces.web.staff.digital.words import finding_words, limit_words
from lienthu.faces.web.staff.pages import number_from, show

SET = Permission.SET_DIGITAL_RULES
SHIPPED = "shipped"


@require_safe
@staff_page(Permission.DIGITISE)
def profiles(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All profiles, with where they come from."""
    return show(
        desk,
        "digital/profiles.html",
        trail=desk_trail((_("Quality profiles"), "")),
        tabs=desk_tabs("profiles"),
        rows=[(state, limit_words(state.profile.limits)) for state in known.profile_states()],
        may=desk.may(SET),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(SET)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A profile under a new code."""
    form = ProfileForm(None, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if known.profile_state(form.cleaned_data["code"]) is not None:
            form.add_error("code", _("There is a profile with this code already."))
        elif _saved(form, seen="", desk=desk):
            messages.success(request, _("The profile is in force."))
            return redirect("staff_digital:profile", code=form.cleaned_data["code"])
    return _page(desk, None, form, may=True)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.DIGITISE)
def profile(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """One profile, its history, and for the administrator the form that changes it."""
    state = known.profile_state(code)
    if state is None:
        raise Http404
    may = desk.may(SET)
    if request.method != "POST":
        shown = _earlier(request, state) if may else None
        context = _looked_at(state, shown) if shown is not None else {}
        form = ProfileForm(shown or state.profile, initial={"seen": state.stamp}) if may else None
        return _page(desk, state, form, may=may, **context)
    desk.rights.require(SET)
    form = ProfileForm(state.profile, request.POST)
    if form.is_valid():
        wanted = form.profile()
        if request.POST.get("looked") != _digest(wanted):
            return _page(desk, state, form, may=True, **_looked_at(state, wanted))
        if _saved(form, seen=form.cleaned_data["seen"], desk=desk):
            messages.success(request, _("The profile is in force."))
            return redirect("staff_digital:profile", code=code)
    return _page(desk, state, form, may=True)


@require_POST
@staff_page(SET)
def drop(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Let a profile of the administrator's own go."""
    try:
        drop_profile(code, seen=request.POST.get("seen", ""), actor=desk.actor)
    except DigitalRefused as refused:
        messages.error(request, str(refused))
        return redirect("staff_digital:profile", code=code)
    messages.success(request, _("The profile is gone."))
    return redirect("staff_digital:profiles")


def _saved(form: ProfileForm, *, seen: str, desk: Desk) -> bool:
    try:
        set_profile(form.profile(), seen=seen, actor=desk.actor)
    except DigitalRefused as refused:
        form.add_error(None, str(refused))
        return False
    return True


def _earlier(request: HttpRequest, state: ProfileState) -> Profile | None:
    """The profile to go back to: the shipped one, or the one before a change of the past."""
    if request.GET.get("back") == SHIPPED:
        return state.shipped
    if (number := number_from(request, "back")) is None:
        return None
    past = next((p for p in known.profile_history(state.profile.code) if p.entry.pk == number), None)
    if past is None or past.before is None:
        raise Http404
    return past.before


def _digest(profile: Profile) -> str:
    return ProfileState(profile, True, None).stamp


def _looked_at(state: ProfileState, wanted: Profile) -> dict[str, Any]:
    """What is shown before a profile is put in force: pages that would be found wanting, now and then."""
    code = state.profile.code
    now, then = known.misses_of(code, state.profile.limits), known.misses_of(code, wanted.limits)
    return {
        "looked": _digest(wanted),
        "same": wanted == state.profile,
        "pages": known.measured_against(code),
        "misses": [
            (finding_words(finding), now.get(finding), then.get(finding)) for finding in dict.fromkeys((*now, *then))
        ],
    }


def _page(
    desk: Desk, state: ProfileState | None, form: ProfileForm | None, *, may: bool, **context: Any
) -> HttpResponse:
    heading = state.profile.name if state is not None else _("New profile")
    return show(
        desk,
        "digital/profile.html",
        trail=desk_trail((_("Quality profiles"), reverse("staff_digital:profiles")), (heading, "")),
        status=422 if form is not None and form.errors else 200,
        state=state,
        heading=heading,
        form=form,
        may=may,
        limits=limit_words(state.profile.limits) if state is not None else [],
        history=[
            (past, limit_words(past.after.limits) if past.after else [])
            for past in (known.profile_history(state.profile.code) if state is not None else [])
        ],
        **context,
    )
