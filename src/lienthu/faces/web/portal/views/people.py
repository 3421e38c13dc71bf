"""The page of a person, a body or whatever else has a heading: its names and what stands under it (AUT-15)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lienthu.domain.catalog import authority_selectors as authorities
from lienthu.domain.discovery.hits import works_under
from lienthu.faces.web.portal.addresses import absolute, filtered_url
from lienthu.faces.web.portal.works import work_of_hit

_SHOWN = 20


@require_safe
def person(request: HttpRequest, id: int) -> HttpResponse:
    """One authority for readers. One that was merged into another leads there for good (301)."""
    found = authorities.authority_by_id(id) if id < 2**63 else None
    if found is None:
        raise Http404(_("There is no such person."))
    if found.pk != id:
        return redirect("portal:person", id=found.pk, permanent=True)
    said = authorities.said_by(found)
    asked = request.GET.get("after", "")
    after = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
    works, following = works_under(found.pk, after=after, limit=_SHOWN)
    here = reverse("portal:person", args=[id])
    context = {
        "authority": found,
        "name": said.heading.name if found.kind == "person" else found.heading,
        "years": next((v for c, v in said.subfields if c == "d"), "") if found.kind == "person" else "",
        "names": list(dict.fromkeys(text for _form, text in authorities.names_of(found))),
        "notes": said.notes,
        "see_also": [(s, authorities.found_by(s.heading.text, [s.heading.kind])) for s in said.see_also],
        "works": [work_of_hit(hit) for hit in works],
        "next_url": f"{here}?after={following}" if following else "",
        "previous_url": here if after else "",
        "search_url": filtered_url({}, q=f'"{said.heading.name}"'),
        "canonical": absolute(request, here),
        "noindex": bool(request.GET),
    }
    return render(request, "portal/person.html", context)
