"""Every address of the system."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import include, path

from lienthu.domain.discovery.selectors import index_ready
from lienthu.faces.protocols.oai.pages import documentation as oai_documentation
from lienthu.faces.protocols.oai.views import contributed, publications
from lienthu.faces.protocols.rest.api import api
from lienthu.faces.protocols.rest.pages import documentation
from lienthu.faces.web.staff.premises.views import pair
from lienthu.platform.health import health


def healthz(request: HttpRequest) -> JsonResponse:
    """For monitors: 200 when requests can be answered, 503 otherwise."""
    state = health()
    return JsonResponse(
        {
            "status": "ok" if state.ok else "failing",
            "database": state.database,
            "index": state.ok and index_ready(),
        },
        status=200 if state.ok else 503,
    )


handler400 = "lienthu.faces.web.portal.views.errors.bad_request"
handler403 = "lienthu.faces.web.portal.views.errors.permission_denied"
handler404 = "lienthu.faces.web.portal.views.errors.not_found"
handler500 = "lienthu.faces.web.portal.views.errors.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/", documentation, name="api_documentation"),
    path("api/oai/", oai_documentation, name="oai_documentation"),
    path("api/v1/", api.urls),
    path("iiif/image/", include("lienthu.faces.protocols.iiif.image.urls")),
    path("oai", contributed, name="oai"),
    path("oai/union", publications, name="oai_union"),
    path("iiif/", include("lienthu.faces.protocols.iiif.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("account/", include("lienthu.faces.web.accounts.urls")),
    path("staff/accounts/", include("lienthu.faces.web.staff.network.account_urls")),
    path("staff/authorities/", include("lienthu.faces.web.staff.authorities.urls")),
    path("staff/digital/", include("lienthu.faces.web.staff.digital.urls")),
    path("staff/harvesting/", include("lienthu.faces.web.staff.harvesting.urls")),
    path("staff/network/", include("lienthu.faces.web.staff.network.urls")),
    path("staff/premises/", include("lienthu.faces.web.staff.premises.urls")),
    path("station/<str:secret>/", pair, name="pair_station"),
    path("staff/union/", include("lienthu.faces.web.staff.union.urls")),
    path("staff/", include("lienthu.faces.web.staff.urls")),
    path("", include("lienthu.faces.web.reader.urls")),
    path("", include("lienthu.faces.web.portal.urls")),
]
