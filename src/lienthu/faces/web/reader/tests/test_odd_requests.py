"""Addresses that nobody writes by hand are answered like those that make no sense, and never with an error of ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from lienthu.domain.digital.models import SeatRequest
from lienthu.domain.digital.policy import Status
from lienthu.domain.digital.tests.cast import published
from lienthu.domain.network.policy import Role
from lienthu.domain.network.tests.factories import make_library, make_person
from lienthu.faces.web.reader.views.downloads import LIMITER

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("query", ["/search.json?q=x&after=²", "?page=1&xywh=²,²,²,²", "?page=²"])
def test_digits_that_are_no_numbers_are_no_numbers(query: str) -> None:
    assert Client().get(f"/read/{published(make_library()).public_id}{query}").status_code == 200


def test_who_signed_in_does_not_have_pdfs_made_without_end(settings: Any) -> None:
    settings.COST_LIMITS = True
    LIMITER.clear()
    library = make_library()
    obj = published(library, status=Status.PUBLIC_DOMAIN, download=True)
    reader = Client()
    reader.force_login(make_person("", (Role.READER, library)))
    answers = [reader.get(f"/read/{obj.public_id}/download/pdf") for _ in range(4)]
    assert [a.status_code for a in answers] == [409, 409, 409, 429]  # its pictures are not there; that is asked after
    assert int(answers[3]["Retry-After"]) > 0
    LIMITER.clear()


def test_nobody_queues_for_what_needs_no_seat() -> None:
    """RGT-9: seats are for objects of which copies are held."""
    library = make_library()
    reader = Client()
    reader.force_login(make_person("", (Role.READER, library)))
    for obj in (published(library), published(library, status=Status.UNKNOWN)):
        assert reader.post(f"/read/{obj.public_id}/seat", {"act": "take"})["Location"] == f"/read/{obj.public_id}"
    assert not SeatRequest.objects.exists()
