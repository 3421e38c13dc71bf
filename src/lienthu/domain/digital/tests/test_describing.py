"""Suggestions from an object's own pages (DIG-9)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthu.domain.digital import access
from lienthu.domain.digital.errors import AccessDenied
from lienthu.domain.digital.models import DigitalObject, Page
from lienthu.domain.digital.policy import PUBLIC
from lienthu.domain.digital.selectors.describing import suggestions_for
from lienthu.domain.digital.services.texts import set_text
from lienthu.domain.digital.tests.cast import CLERK, make_object, published
from lienthu.domain.network.tests.factories import make_library
from lienthu.foundation.pagetext.tests.test_title_page import COLOPHON, NOVEL, page
from lienthu.foundation.pagetext.title_page import Field

pytestmark = pytest.mark.django_db


def novel(pages: int) -> DigitalObject:
    """A cover without text, the title page, pages between, and what is printed last."""
    obj = make_object(make_library(), pages=pages)
    for n, text in ((2, NOVEL), (3, page(("CHƯƠNG MỘT", 200), ("NHÀ XUẤT BẢN KHÁC", 30))), (pages, COLOPHON)):
        set_text(Page.objects.get(object=obj, seq=n), text, actor=CLERK)
    return obj


def test_first_and_last_pages_are_looked_at_however_long_the_volume() -> None:
    obj = novel(40)
    opened = access.open_object(obj.public_id, access.SYSTEM)
    with CaptureQueriesContext(connection) as asked:
        said = {s.field: s for s in suggestions_for(opened)}
    assert len(asked) == 3
    assert (said[Field.TITLE].value, said[Field.TITLE].page) == ("VÙNG MỎ", 2)
    assert (said[Field.DEPOSIT].value, said[Field.DEPOSIT].page) == ("quý III năm 1977", 40)
    assert all(s.boxes for s in said.values())


def test_readers_are_told_nothing_and_an_object_without_text_says_nothing() -> None:
    obj = published(make_library())
    with pytest.raises(AccessDenied):
        suggestions_for(access.open_object(obj.public_id, access.Reader(frozenset({PUBLIC}))))
    assert suggestions_for(access.open_object(obj.public_id, access.SYSTEM)) == []
