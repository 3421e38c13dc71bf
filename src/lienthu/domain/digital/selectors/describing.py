"""What an object's own pages say about it, for whoever describes it to confirm. Rule DIG-9."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from lienthu.domain.digital.access import Opened
from lienthu.domain.digital.models import Layer, Page
from lienthu.domain.digital.policy import Act
from lienthu.domain.digital.selectors.texts import texts_of_pages
from lienthu.foundation.pagetext.title_page import Suggestion, suggest

_FIRST: Final = 8
_LAST: Final = 4


def suggestions_for(opened: Opened) -> list[Suggestion]:
    """Suggestions from the first and last pages, each with the ``seq`` of its page: for those who work on it.

    Three queries, however long the volume. Raises AccessDenied.
    """
    opened.require(Act.WORK)
    pages = Page.objects.filter(object=opened.object).exclude(state=Page.State.MISSING)
    first = list(pages.order_by("position")[:_FIRST])
    last = pages.filter(~Q(pk__in=[page.pk for page in first])).order_by("-position")[:_LAST]
    chosen = [*first, *reversed(last)]
    texts = texts_of_pages([page.pk for page in chosen], [Layer.ORIGINAL], content=True)
    return suggest([(page.seq, texts[page.pk][0].words()) for page in chosen if page.pk in texts])
