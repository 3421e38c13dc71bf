"""No route gives a byte that the policy denies: every address that names an object is asked, for all kinds of readers.

RGT-5. Texts hold a word that no request names, pictures are pictures: what comes back is held against the one decision.
What searches tell is tested where the index is (`domain/discovery/fulltext/tests`, `tests/flows`).
A new route that takes a ``public_id`` must be listed here, or the first test fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pyvips
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from lienthu.domain.digital import access, store
from lienthu.domain.digital.access import Opened, open_object
from lienthu.domain.digital.errors import DigitalRefused
from lienthu.domain.digital.models import DigitalObject, Page, PremisesNetwork, ReadingSeat, Section
from lienthu.domain.digital.policy import Act, Reader, Status
from lienthu.domain.digital.services import publishing
from lienthu.domain.digital.tests.cast import CLERK
from lienthu.domain.discovery.fulltext.tests.cast import volume
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Role
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.tests.factories import make_admin, make_library, make_person
from lienthu.foundation.imaging.work import pyramid
from lienthu.foundation.kernel.digests import holder_key

pytestmark = pytest.mark.django_db

ASKED, SECRET, TITLE = "thanthan", "bimatkhongduoclo", "nhandekhongduoclo"
CLOSED_PAGE = "tranghaibidong"
WITH_A_CLOSED_PAGE = ("one page closed", "download, one page closed")
ROOM, ELSEWHERE = "10.77.0.5", "203.0.113.9"

OPEN = ("open", "download", *WITH_A_CLOSED_PAGE)

# what an address with {o} (object) and {s} (page) may show, and to whom: the act that must be allowed
PICTURES = (
    "/iiif/image/3/{o}.{s}/full/max/0/default.jpg",
    "/iiif/image/2/{o}.{s}/full/full/0/default.jpg",
    "/iiif/image/3/{o}.{s}/0,0,256,256/256,256/0/default.jpg",
    "/iiif/image/3/{o}.{s}/full/^!90,90/0/gray.png",
)
TEXTS = (
    "/iiif/presentation/3/{o}/manifest",
    "/iiif/presentation/2/{o}/manifest",
    "/iiif/presentation/3/{o}/text/{s}/original",
    "/iiif/presentation/2/{o}/text/{s}/original",
    "/iiif/auth/2/access/{o}",
    "/iiif/auth/2/token/{o}?messageId=1&origin=https://x.example",
    "/iiif/auth/2/logout/{o}",
    "/iiif/auth/2/probe/{o}/{s}",
    "/iiif/image/3/{o}.{s}/info.json",
    "/iiif/image/2/{o}.{s}/info.json",
    f"/iiif/search/2/{{o}}?q={ASKED}",
    f"/iiif/search/1/{{o}}?q={ASKED}",
    "/iiif/search/2/{o}/autocomplete?q=bim",
    "/read/{o}?page={s}",
    f"/read/{{o}}?q={ASKED}",
    "/read/{o}/about",
    "/read/{o}/seat",
    "/read/{o}/pages.json",
    "/read/{o}/text/{s}.json",
    "/read/{o}/text/{s}.alto.xml",
    f"/read/{{o}}/search.json?q={ASKED}",
)
FILES = tuple(f"/read/{{o}}/download/{form}" for form in ("txt", "pdf", "alto", "hocr"))


@dataclass(frozen=True)
class Person:
    """Somebody with a browser, in a place."""

    name: str
    client: Client
    address: str
    user: Any

    def get(self, path: str) -> Any:
        return self.client.get(path, REMOTE_ADDR=self.address)

    def reader(self) -> Reader:
        return access.reader_of(self.user, self.address)


@dataclass(frozen=True)
class Scene:
    """Objects of every kind, readers of every kind."""

    objects: dict[str, DigitalObject]
    people: list[Person]

    def cases(self) -> Iterator[tuple[str, DigitalObject, Person, Opened | None]]:
        for name, obj in self.objects.items():
            for person in self.people:
                try:
                    opened = open_object(obj.public_id, person.reader())
                except DigitalRefused:
                    opened = None
                yield name, obj, person, opened


def _with_pictures(obj: DigitalObject, made: Path) -> DigitalObject:
    for page in Page.objects.filter(object=obj):
        target = store.picture_of(page, obj.public_id)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(made.read_bytes())
    return obj


@pytest.fixture
def scene(settings: Any, tmp_path: Path) -> Scene:
    settings.DIGITAL_DIR = tmp_path / "digital"
    settings.COST_LIMITS = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    source, made = tmp_path / "page.png", tmp_path / "page.tif"
    pyvips.Image.black(1000, 1400).invert().write_to_file(str(source))
    pyramid(str(source), str(made))
    home = make_library("VN-NHA")
    barracks = make_library("VN-DOANH", type="armed_forces", particulars=Particulars(closed=True))
    PremisesNetwork.objects.create(library=home, cidr="10.77.0.0/16")
    text = [f"{ASKED} mỏ than {SECRET}", f"trang hai {ASKED} {SECRET} {CLOSED_PAGE}"]

    def made_of(library: Library, status: Status | None, **facts: Any) -> DigitalObject:
        return _with_pictures(volume(library, text, f"{TITLE} {status}", status, **facts), made)

    objects = {
        "open": made_of(home, Status.OFFICIAL),
        "download": made_of(home, Status.PUBLIC_DOMAIN, rights={"download": True}),
        "download, one page closed": made_of(home, Status.PUBLIC_DOMAIN, rights={"download": True}),
        "signed": made_of(home, Status.PERMITTED, rights={"permission": "signed"}),
        "premises": made_of(home, Status.UNKNOWN),
        "seats": made_of(home, Status.IN_COPYRIGHT, rights={"copies_held": 1}),
        "no copies": made_of(home, Status.IN_COPYRIGHT),
        "draft": made_of(home, None),
        "hidden": made_of(barracks, Status.OFFICIAL),
        "taken down": made_of(home, Status.OFFICIAL),
        "one page closed": made_of(home, Status.OFFICIAL),
    }
    publishing.take_down(objects["taken down"].public_id, reason="thử", actor=CLERK)
    for name in WITH_A_CLOSED_PAGE:
        # what closed pages are called, and headed in the contents, may name people too (RGT-14)
        Page.objects.filter(object=objects[name], seq=2).update(closed=True, label=f"số {CLOSED_PAGE}")
        for position, seq in ((1, 1), (2, 2)):
            page = Page.objects.get(object=objects[name], seq=seq)
            heading = f"Chi {CLOSED_PAGE}" if seq == 2 else "Lời nói đầu"
            Section.objects.create(object=objects[name], position=position, title=heading, page=page)

    def person(name: str, user: Any = None, address: str = ELSEWHERE) -> Person:
        from django.contrib.auth.models import AnonymousUser

        client = Client()
        if user is not None:
            client.force_login(user)
        return Person(name, client, address, user or AnonymousUser())

    sitting = make_person("ngoi", (Role.READER, home))
    ReadingSeat.objects.create(
        object=objects["seats"],
        number=1,
        holder=holder_key("account", str(sitting.pk)),
        expires_at=timezone.now() + timedelta(minutes=5),
    )
    people = [
        person("visitor"),
        person("in the room", address=ROOM),
        person("signed in", make_person("docgia", (Role.READER, home))),
        person("sitting", sitting),
        person("digitises there", make_person("sohoa", (Role.LIBRARIAN, home))),
        person("soldier", make_person("linh", (Role.READER, barracks))),
        person("administrator", make_admin("quantri2")),
    ]
    return Scene(objects, people)


def _pages(name: str, obj: DigitalObject) -> list[Page]:
    """One page says what all say, but where one is closed."""
    pages = list(Page.objects.filter(object=obj).order_by("seq"))
    return pages if name in WITH_A_CLOSED_PAGE else pages[:1]


def _routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path
        else:
            yield from _routes(entry, path)


def test_every_route_that_names_an_object_is_asked_here() -> None:
    named = {r for r in _routes(get_resolver()) if "public_id" in r and not r.startswith("staff/")}
    asked = [a.split("?")[0].strip("/") for a in (*TEXTS, *PICTURES, *FILES)]
    lost = {r for r in named if not any(_fits(r, a) for a in asked)}
    assert not lost, f"routes that no test of leaks asks: {sorted(lost)}"


def _fits(route: str, address: str) -> bool:
    pattern, parts = route.strip("/").split("/"), address.split("/")
    return len(pattern) == len(parts) and all(p.startswith("<") or p == a for p, a in zip(pattern, parts, strict=True))


def test_pictures_are_for_those_who_may_read_the_page(scene: Scene) -> None:
    wrong = []
    for name, obj, person, opened in scene.cases():
        for page in _pages(name, obj):
            may = opened is not None and opened.may(Act.READ, page)
            for address in PICTURES:
                answer = person.get(address.format(o=obj.public_id, s=page.seq))
                got = answer.status_code == 200 and answer.get("Content-Type", "").startswith("image/")
                if got != may:
                    wrong.append(f"{person.name}, {name}, {address}: {answer.status_code}, may read: {may}")
                if got and name not in OPEN and "public" in answer["Cache-Control"]:
                    wrong.append(f"{person.name}, {name}, {address}: may be kept by caches for everybody")
    assert not wrong, "\n".join(wrong[:20])


def test_texts_are_for_those_who_may_read_the_page(scene: Scene) -> None:
    wrong = []
    nothing = {(p.name, a): p.get(a.format(o="khongcogiday", s=1)).status_code for p in scene.people for a in TEXTS}
    for name, obj, person, opened in scene.cases():
        for page in _pages(name, obj):
            for address in TEXTS:
                answer = person.get(address.format(o=obj.public_id, s=page.seq))
                where = f"{person.name}, {name}, {address}"
                wrong += _told(answer, opened, page if "{s}" in address else None, where)
                if opened is None and name != "taken down" and answer.status_code != nothing[person.name, address]:
                    wrong.append(f"{where}: {answer.status_code}, other than where nothing is")
    assert not wrong, "\n".join(wrong[:20])


def test_files_are_for_those_who_may_take_them_away(scene: Scene) -> None:
    wrong = []
    for name, obj, person, opened in scene.cases():
        may = opened is not None and opened.may(Act.DOWNLOAD)
        closed = Page.objects.get(object=obj, seq=2)
        for address in FILES:
            answer = person.get(address.format(o=obj.public_id))
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            where = f"{person.name}, {name}, {address}: {answer.status_code}"
            if (answer.status_code == 200) != may:
                wrong.append(f"{where}, may take it: {may}")
            if CLOSED_PAGE.encode() in body and (opened is None or not opened.may(Act.DOWNLOAD, closed)):
                wrong.append(f"{where}, tells a closed page")
    assert not wrong, "\n".join(wrong[:20])


def _told(answer: Any, opened: Opened | None, page: Page | None, where: str) -> list[str]:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    found = []
    if TITLE.encode() in body and opened is None:
        found.append(f"{where}: tells the title of what is not there for this reader")
    reads = opened is not None and opened.may(Act.READ, page)
    closed = None if opened is None else Page.objects.get(object=opened.object, seq=2)
    if CLOSED_PAGE.encode() in body and (opened is None or not opened.may(Act.READ, closed)):
        found.append(f"{where}: tells words of a closed page")
    if SECRET.encode() in body and not reads:
        found.append(f"{where}: tells words of the page")
    return found


def test_the_scene_has_both_answers_for_every_kind_of_reader(scene: Scene) -> None:
    """A test of leaks that only ever sees refusals, or only ever grants, proves nothing."""
    allowed = {
        (name, person.name): opened is not None and opened.may(Act.READ) for name, _, person, opened in scene.cases()
    }
    assert allowed["open", "visitor"]
    assert not allowed["signed", "visitor"]
    assert allowed["signed", "signed in"]
    assert allowed["premises", "in the room"]
    assert not allowed["seats", "signed in"]
    assert allowed["seats", "sitting"]
    assert allowed["hidden", "soldier"]
    assert not allowed["hidden", "administrator"]
    assert allowed["draft", "digitises there"]
    may_something = {name for (_, name), ok in allowed.items() if ok}
    assert {person.name for person in scene.people} <= may_something
