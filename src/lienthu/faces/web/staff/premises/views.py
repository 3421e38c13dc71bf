"""Reading on the premises: which addresses are the library's rooms, which stations stand in them (RGT-11)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lienthu.domain.digital.access import STATION_COOKIE, station_cookie
from lienthu.domain.digital.errors import DigitalRefused
from lienthu.domain.digital.selectors.premises import networks_of, stations_of
from lienthu.domain.digital.services import premises
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.pages import show
from lienthu.faces.web.staff.premises.forms import NetworkForm, StationForm

CHANGE = Permission.EDIT_LIBRARY
_YEAR = 365 * 24 * 3600


@require_safe
@staff_page(CHANGE)
def libraries(request: HttpRequest, desk: Desk) -> HttpResponse:
    """My libraries; straight on where there is one."""
    mine = desk.libraries(CHANGE)
    if len(mine) == 1:
        return redirect("staff_premises:rooms", pk=mine[0].pk)
    return show(desk, "premises/libraries.html", trail=[(_("Reading rooms"), "")], libraries=mine)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(CHANGE)
def rooms(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Ranges and stations of a library; a POST adds a range."""
    library = desk.library(pk, CHANGE)
    form = NetworkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            premises.add_network(pk, form.cleaned_data["cidr"], note=form.cleaned_data["note"], actor=desk.actor)
        except DigitalRefused as refused:
            form.add_error("cidr", str(refused))
        else:
            messages.success(request, _("The range was added. It counts at once."))
            return redirect("staff_premises:rooms", pk=pk)
    return _rooms(desk, library, form, StationForm())


@require_POST
@staff_page(CHANGE)
def remove_network(request: HttpRequest, desk: Desk, pk: int, network: int) -> HttpResponse:
    """Take a range away."""
    desk.library(pk, CHANGE)
    premises.remove_network(pk, network, actor=desk.actor)
    messages.success(request, _("The range was removed."))
    return redirect("staff_premises:rooms", pk=pk)


@require_POST
@staff_page(CHANGE)
def open_station(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A new station: the address for pairing is shown here and never again."""
    library = desk.library(pk, CHANGE)
    form = StationForm(request.POST)
    if not form.is_valid():
        return _rooms(desk, library, NetworkForm(), form)
    station, secret = premises.open_station(pk, form.cleaned_data["name"], actor=desk.actor)
    address = request.build_absolute_uri(reverse("pair_station", args=[secret]))
    return _rooms(desk, library, NetworkForm(), StationForm(), pairing=(station.name, address))


@require_POST
@staff_page(CHANGE)
def close_station(request: HttpRequest, desk: Desk, pk: int, station: int) -> HttpResponse:
    """The station is an ordinary visitor again."""
    desk.library(pk, CHANGE)
    premises.close_station(pk, station, actor=desk.actor)
    messages.success(request, _("The station was closed."))
    return redirect("staff_premises:rooms", pk=pk)


def _rooms(
    desk: Desk, library: Library, form: NetworkForm, station_form: StationForm, pairing: tuple[str, str] | None = None
) -> HttpResponse:
    return show(
        desk,
        "premises/rooms.html",
        trail=[(_("Reading rooms"), reverse("staff_premises:libraries")), (library.name, "")],
        status=422 if form.errors or station_form.errors else 200,
        library=library,
        networks=networks_of(library.pk),
        stations=stations_of(library.pk),
        form=form,
        station_form=station_form,
        pairing=pairing,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HttpRequest, secret: str) -> HttpResponse:
    """Opened on the station itself. Asked first, so that a preview of the link does not use it up."""
    if request.method != "POST":
        return render(request, "staff/premises/pair.html")
    try:
        station, carried = premises.pair_station(secret)
    except DigitalRefused as refused:
        return render(request, "staff/premises/pair.html", {"refused": str(refused)}, status=refused.status)
    response = render(request, "staff/premises/pair.html", {"station": station})
    response.set_cookie(
        STATION_COOKIE,
        station_cookie(carried),
        max_age=_YEAR,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response
