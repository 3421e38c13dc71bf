"""The human page of OAI-PMH: where to harvest, which sets there are, examples to follow."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lienthu.domain.catalog.services.origins import settle_name
from lienthu.faces.protocols.oai.contributed import Contributed
from lienthu.faces.protocols.oai.formats import FORMATS
from lienthu.faces.protocols.oai.publications import Publications
from lienthu.faces.protocols.oai.sets import OWN_ORIGIN
from lienthu.faces.protocols.oai.views import identity_of, site_of
from lienthu.platform.actor import Actor


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """Base URL, formats, sets and examples."""
    name = settle_name(actor=Actor.system("oai"))
    base = Contributed(name, site_of(request))
    identity = identity_of(request, base, name)
    sets = list(base.sets())
    library = next((s.spec for s in sets if s.spec.startswith("library:")), f"origin:{OWN_ORIGIN}")
    examples = (
        (_("Who we are"), {"verb": "Identify"}),
        (_("The sets, for programs"), {"verb": "ListSets"}),
        (_("All records as MARCXML"), {"verb": "ListRecords", "metadataPrefix": "marcxml"}),
        (
            _("Records of one library as Dublin Core"),
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": library},
        ),
        (
            _("What changed since a day"),
            {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", "from": "2026-01-01"},
        ),
    )
    return render(
        request,
        "oai/documentation.html",
        {
            "identity": identity,
            "sample": base.sample(),
            "union": site_of(request) + Publications.path,
            "formats": FORMATS.values(),
            "sets": sets,
            "examples": [(label, f"{base.path}?{urlencode(query, safe=':')}") for label, query in examples],
        },
    )
