"""What stands behind acts on pages in the database itself (WFL-8)."""

from __future__ import annotations

import pytest
from django.db import connection

from lienthu.domain.digital.models import DigitalObject, Page, PageWork, Section
from lienthu.domain.digital.tests.cast import make_object
from lienthu.domain.network.tests.factories import make_library

pytestmark = pytest.mark.django_db


@pytest.fixture
def obj() -> DigitalObject:
    made = make_object(make_library(), pages=2)
    for page in made.pages.all():
        PageWork.objects.create(page=page, object=made, stage="picture")
        Section.objects.create(object=made, position=page.position, title="Chương", page=page)
    return made


def test_a_page_deleted_by_hand_leaves_no_work_and_its_chapter_without_a_page(obj: DigitalObject) -> None:
    """WFL-8: the constraints of 0007."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM digital_page WHERE object_id = %s AND seq = 1", [obj.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert list(Page.objects.values_list("seq", flat=True)) == [2]
    assert list(PageWork.objects.values_list("page__seq", flat=True)) == [2]
    assert sorted(Section.objects.values_list("position", "page__seq")) == [(1, None), (2, 2)]
