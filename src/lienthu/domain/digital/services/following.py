"""What people wrote goes with its page when that is turned, cut, or scanned anew. Rule WFL-20.

An act is quick because it moves no word: the boxes are carried over when the page has its new picture, page by page,
by the pipeline.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from lienthu.domain.digital.models import Layer, Page
from lienthu.domain.digital.models import PageText as Row
from lienthu.domain.digital.paging.framing import Framing, carried
from lienthu.domain.digital.services.texts import content_of, framing_of, set_text
from lienthu.platform.actor import Actor


@transaction.atomic
def follow(page: Page) -> int:
    """Put what people wrote on the picture that the page has now, as new versions; how many. Its picture is there."""
    here, moved = framing_of(page), 0
    written = Row.objects.filter(page=page, source__in=("corrected", "typed")).filter(Q(current=True) | Q(follows=True))
    for row in written.order_by("layer", "-current", "-number"):
        before = Framing.from_json(row.placed)
        if row.current and (before is None or before == here):
            continue
        Row.objects.filter(pk=row.pk).update(current=False, follows=False)
        if before is None or Row.objects.filter(page=page, layer=row.layer, current=True).exists():
            continue
        text = carried(content_of(row), before, here, page.width, page.height)
        who = Actor(None, row.by)
        set_text(page, text, layer=Layer(row.layer), actor=who, placed=here, moved_from=row.number)
        moved += 1
    return moved
