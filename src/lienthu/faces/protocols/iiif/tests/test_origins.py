"""What scripts of other sites may read: what is open to everybody, and nothing that an address alone opens. PRE-4."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from lienthu.domain.digital.models import DigitalObject, PremisesNetwork
from lienthu.domain.digital.policy import Status
from lienthu.domain.digital.services.texts import set_text
from lienthu.domain.digital.tests.cast import CLERK
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.faces.protocols.iiif.image.tests.pages import with_pictures
from lienthu.foundation.imaging.tests.making import pattern
from lienthu.foundation.pagetext.model import Block, Box, Line, PageText, words_in

pytestmark = pytest.mark.django_db
ROOM = "10.77.0.5"
WORDS = (
    "/iiif/presentation/3/{o}/text/1/original",
    "/iiif/presentation/2/{o}/text/1/original",
    "/iiif/search/2/{o}?q=than",
    "/iiif/search/1/{o}?q=than",
    "/iiif/search/2/{o}/autocomplete?q=th",
)
PICTURE = "/iiif/image/3/{o}.1/full/100,/0/default.jpg"


@pytest.fixture
def home(settings: Any, tmp_path: Any) -> Library:
    settings.DIGITAL_DIR = tmp_path / "digital"
    library = make_library()
    PremisesNetwork.objects.create(library=library, cidr="10.77.0.0/16")
    return library


def volume(library: Library, status: Status) -> DigitalObject:
    obj = with_pictures(library, status, image=pattern(300, 400))
    line = Line(tuple(words_in("mỏ than", Box(10, 10, 100, 20))))
    set_text(obj.pages.get(seq=1), PageText(300, 400, (Block((line,)),), ("vie",), "typed"), actor=CLERK)
    return obj


@pytest.mark.parametrize("address", [*WORDS, PICTURE])
def test_what_the_room_opens_is_not_for_scripts_of_other_sites(home: Library, address: str) -> None:
    """RGT-11: a page of anybody that is looked at in the room carries nothing away."""
    found = {}
    for status in (Status.OFFICIAL, Status.UNKNOWN):
        obj = volume(home, status)
        found[status] = Client().get(
            address.format(o=obj.public_id), REMOTE_ADDR=ROOM, headers={"Origin": "https://x.example"}
        )
        assert found[status].status_code == 200
    assert found[Status.OFFICIAL]["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in found[Status.UNKNOWN]


def test_the_interface_tells_other_sites_what_everybody_finds(home: Library) -> None:
    assert Client().get("/api/v1/fulltext?q=than")["Access-Control-Allow-Origin"] == "*"
    in_the_room = Client().get("/api/v1/fulltext?q=than", REMOTE_ADDR=ROOM)
    assert in_the_room.status_code == 200
    assert "Access-Control-Allow-Origin" not in in_the_room
