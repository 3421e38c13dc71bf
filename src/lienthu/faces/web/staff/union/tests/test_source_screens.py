"""Which library is best at what, put in order by an editor."""

from __future__ import annotations

import pytest
from django.test import Client

from lienthu.domain.network.models import Library
from lienthu.domain.union.election import source_ranks
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db
PAGE = "/staff/union/sources/"


def test_an_editor_puts_libraries_in_order(editor: Client, tinh: Library, ha_long: Library) -> None:
    """CLU-17."""
    for library in (tinh, ha_long):
        editor.post(f"{PAGE}subjects/", {"act": "add", "library": library.pk})
    assert source_ranks() == {tinh.pk: {"subjects": 1}, ha_long.pk: {"subjects": 2}}
    answer = editor.post(f"{PAGE}subjects/", {"act": "up", "library": ha_long.pk}, follow=True)
    assert source_ranks() == {tinh.pk: {"subjects": 2}, ha_long.pk: {"subjects": 1}}
    html = answer.content.decode()
    assert html.index("Move Thư viện tỉnh up") > html.index("Take Thư viện Hạ Long out")
    written = AuditEntry.objects.filter(action="union.ranks_set").count()
    editor.post(f"{PAGE}subjects/", {"act": "up", "library": ha_long.pk})
    assert AuditEntry.objects.filter(action="union.ranks_set").count() == written, "nothing moved, nothing written"
    editor.post(f"{PAGE}subjects/", {"act": "out", "library": ha_long.pk})
    assert source_ranks() == {tinh.pk: {"subjects": 1}}


def test_what_is_no_group_or_library_is_not_there(editor: Client, tinh: Library) -> None:
    assert editor.post(f"{PAGE}colour/", {"act": "add", "library": tinh.pk}).status_code == 404
    for wrong in ("", "x", "99999999", "9" * 30):
        assert editor.post(f"{PAGE}subjects/", {"act": "add", "library": wrong}).status_code == 404
    assert Client().post(f"{PAGE}subjects/", {"act": "add", "library": tinh.pk}).status_code == 302
    assert not source_ranks()
