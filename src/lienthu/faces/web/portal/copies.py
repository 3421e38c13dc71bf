"""What was digitised of a publication, for whoever asks (rule FTS-11)."""

from __future__ import annotations

from django.http import HttpRequest

from lienthu.domain.digital.access import copies_of, opened_for, who_asks
from lienthu.domain.digital.policy import Act
from lienthu.domain.discovery.publications import PublicationView


def digitised_of(request: HttpRequest, view: PublicationView) -> list[dict[str, object]]:
    """The digitised volumes of its records that this reader may know of; those that can be read at once first."""
    objects = copies_of(member.record_id for member in view.members)
    if not objects:
        return []
    opened = opened_for(objects, who_asks(request).reader)
    shown: list[dict[str, object]] = [
        {
            "url": f"/read/{o.public_id}",
            "title": o.title,
            "library": o.library.short_name or o.library.name,
            "readable": opened[o.pk].may(Act.READ),
            "block": opened[o.pk].decide(Act.READ).block,
        }
        for o in objects
        if o.published_at is not None and opened[o.pk].may(Act.SEE)
    ]
    return sorted(shown, key=lambda one: not one["readable"])
