"""No route gives a byte that the policy denies: every address that names an object is asked, for all kinds of readers.

RGT-5. Texts hold a word that no request names, pictures are pictures: what comes back is held against the one decision.
So are lists, searches, feeds and the desk, which name no object, and every address once more after something was
closed, while the index is still as it was. A new route that takes a ``public_id`` must be listed here, or the first
test fails. The scene is made once; what a test changes in it is taken back.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pyvips
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.catalog.tests.cast import book
from lienthu.domain.digital import access, store
from lienthu.domain.digital.access import Opened, open_object
from lienthu.domain.digital.errors import DigitalRefused
from lienthu.domain.digital.models import Collection, DigitalObject, Page, PremisesNetwork, ReadingSeat, Section
from lienthu.domain.digital.policy import Access, Act, Reader, Rule, Status, member, staff
from lienthu.domain.digital.selectors.rules import rules_of
from lienthu.domain.digital.services import paging, publishing
from lienthu.domain.digital.services.collecting import CollectionFacts, close_collection, create_collection
from lienthu.domain.digital.services.rules import set_rules
from lienthu.domain.digital.shipped.reading import StatedRule
from lienthu.domain.digital.tests.cast import CLERK
from lienthu.domain.discovery.fulltext.indexing import PageIndexer
from lienthu.domain.discovery.fulltext.tests.cast import volume
from lienthu.domain.discovery.services.indexing import Indexer
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Role
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.tests.factories import make_admin, make_library, make_person
from lienthu.domain.union.tests.cast import imported
from lienthu.foundation.imaging.work import pyramid
from lienthu.foundation.kernel.digests import holder_key

ASKED, SECRET, TITLE = "thanthan", "bimatkhongduoclo", "nhandekhongduoclo"
CLOSED_PAGE = "tranghaibidong"
WITH_A_CLOSED_PAGE = (
    "one page closed", "download, one page closed", "signed, one page closed", "seats, one page closed",
)  # fmt: skip
# what else would tell of a closed page: its size, and the day of the issue that begins on it
OF_THE_CLOSED_PAGE = (
    CLOSED_PAGE, '"width":1237', '"height":1733', "1237,1733", 'width="1237"', "1931-04-07", "07/04/1931",
)  # fmt: skip
ROOM, ELSEWHERE = "10.77.0.5", "203.0.113.9"

OPEN = ("open", "download", "in a collection", "one page closed", "download, one page closed")

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
# what names no object: {c} stands for the code of each collection
LISTS = (
    "/",
    "/collections/",
    "/collections/{c}/",
    *(f"/iiif/presentation/{version}/collection{rest}" for version in (2, 3) for rest in ("s", "/{c}")),
    *(f"/iiif/presentation/{version}/library/{code}" for version in (2, 3) for code in ("VN-NHA", "VN-DOANH")),
    f"/search/?in=text&q={ASKED}",
    f"/search/?in=text&q={ASKED}&collection={{c}}",
    f"/search/?q={ASKED}",
    f"/search/?q={TITLE}",
    *(f"/search/?q={ASKED}&{more}" for more in ("page=2", "sort=title", "library=VN-DOANH", "online=online")),
    f"/api/v1/fulltext?q={ASKED}",
    f"/api/v1/fulltext?q={SECRET}",
    f"/api/v1/search?q={TITLE}",
    "/api/v1/suggest?q=nhande",
    "/api/v1/libraries",
    "/libraries/",
    "/libraries/VN-NHA/",
    "/sitemap.xml",
    "/sitemaps/pages.xml",
    "/oai?verb=ListRecords&metadataPrefix=oai_dc",
    "/oai?verb=ListSets",
    "/oai/union?verb=ListRecords&metadataPrefix=oai_dc",
    "/staff/",
    "/staff/digital/",
    f"/staff/digital/?q={TITLE}",
    "/staff/digital/titles/",
    "/staff/digital/titles/file.csv",
    "/staff/digital/projects/",
    "/staff/digital/projects/new/",
    "/staff/digital/collections/",
    "/staff/digital/upload/",
    "/staff/digital/profiles/",
    "/staff/digital/rules/official/",
    "/staff/network/audit/",
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
    collections: dict[str, Collection]
    folder: Path

    def cases(self) -> Iterator[tuple[str, DigitalObject, Person, Opened | None]]:
        for name, obj in self.objects.items():
            for person in self.people:
                if not _is_a_case(name, person.name):
                    continue
                yield name, obj, person, _opened(obj, person)


def _opened(obj: DigitalObject, person: Person) -> Opened | None:
    try:
        return open_object(obj.public_id, person.reader())
    except DigitalRefused:
        return None


def _is_a_case(name: str, person: str) -> bool:
    """Whether this person differs from the others there: where nothing is hidden a soldier is one who signed in."""
    if name in ("hidden", "in a closed collection"):
        return True
    if person == "in the room":
        return name.startswith(("signed", "premises", "seats"))
    if person == "signed in":
        return name == "open" or name not in OPEN
    if person == "administrator":
        return name not in OPEN and not name.startswith("seats")
    return person != "soldier" and (person != "sitting" or name.startswith("seats"))


def _with_pictures(obj: DigitalObject, made: Path) -> DigitalObject:
    for page in Page.objects.filter(object=obj):
        target = store.picture_of(page, obj.public_id)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(made.read_bytes())
    return obj


def _folders(folder: Path) -> dict[str, Path]:
    return {"FILES_DIR": folder / "files", "INDEX_DIR": folder / "index", "DIGITAL_DIR": folder / "digital"}


_QUICK = {"COST_LIMITS": False, "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}


@contextmanager
def _whole() -> Iterator[None]:
    """A transaction that is taken back; acts that want one of their own take it for none, as in Django's tests."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # set by Django for its own tests, no part of its types
    with block:
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def _made(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One transaction for all tests of this file, which is never committed."""
    folder = tmp_path_factory.mktemp("scene")
    with django_db_blocker.unblock(), _whole():
        with override_settings(**_QUICK, **_folders(folder)):
            made = _scene(folder)
            with PageIndexer() as pages, Indexer() as publications:
                assert pages.acquire()
                assert publications.acquire()
                pages.drain()
                publications.drain()
        yield made


@pytest.fixture
def scene(_made: Scene, settings: Any, tmp_path: Path) -> Iterator[Scene]:
    """The scene as it was made, and indexes that a test may go on with."""
    for name in ("index", "index-pages"):
        shutil.copytree(_made.folder / name, tmp_path / name)
    for name, value in {**_QUICK, **_folders(_made.folder), "INDEX_DIR": tmp_path / "index"}.items():
        setattr(settings, name, value)
    with _whole():
        yield _made


def _scene(folder: Path) -> Scene:
    source, made = folder / "page.png", folder / "page.tif"
    pyvips.Image.black(1000, 1400).invert().write_to_file(str(source))
    pyramid(str(source), str(made))
    home = make_library("VN-NHA")
    barracks = make_library("VN-DOANH", type="armed_forces", particulars=Particulars(closed=True))
    PremisesNetwork.objects.create(library=home, cidr="10.77.0.0/16")
    text = [f"{ASKED} mỏ than {SECRET}", f"trang hai {ASKED} {SECRET} {CLOSED_PAGE}"]
    collections = {
        name: create_collection(code, library, CollectionFacts(f"bo suu tap {code}", closed=closed), actor=CLERK)
        for name, code, library, closed in (
            ("open", "bosutapmo", home, False),
            ("closed", "bosutapkin", home, True),
            ("of a closed library", "bosutapdoanh", barracks, False),
        )
    }

    def made_of(library: Library, status: Status | None, **facts: Any) -> DigitalObject:
        return _with_pictures(volume(library, text, f"{TITLE} so{next(numbers)}x", status, **facts), made)

    numbers = count(1)
    signed, seats = {"permission": "signed"}, {"copies_held": 1}
    objects = {
        "open": made_of(home, Status.OFFICIAL),
        "download": made_of(home, Status.PUBLIC_DOMAIN, rights={"download": True}),
        "download, one page closed": made_of(home, Status.PUBLIC_DOMAIN, rights={"download": True}),
        "signed": made_of(home, Status.PERMITTED, rights=signed),
        "signed, one page closed": made_of(home, Status.PERMITTED, rights=signed),
        "premises": made_of(home, Status.UNKNOWN),
        "seats": made_of(home, Status.IN_COPYRIGHT, rights=seats),
        "seats, one page closed": made_of(home, Status.IN_COPYRIGHT, rights=seats),
        "no copies": made_of(home, Status.IN_COPYRIGHT),
        "draft": made_of(home, None),
        "hidden": made_of(barracks, Status.OFFICIAL, collection=collections["of a closed library"]),
        "taken down": made_of(home, Status.OFFICIAL),
        "withdrawn": made_of(home, Status.OFFICIAL),
        "one page closed": made_of(home, Status.OFFICIAL),
        "in a collection": made_of(home, Status.OFFICIAL, collection=collections["open"]),
        "in a closed collection": made_of(home, Status.OFFICIAL, collection=collections["closed"]),
    }
    publishing.take_down(objects["taken down"].public_id, reason="thử", actor=CLERK)
    publishing.withdraw(objects["withdrawn"].public_id, reason="thử", actor=CLERK)
    for name in WITH_A_CLOSED_PAGE:
        # what closed pages are called, and headed in the contents, may name people too (RGT-14)
        Page.objects.filter(object=objects[name], seq=2).update(
            closed=True, label=f"số {CLOSED_PAGE}", width=1237, height=1733
        )
        for position, seq in ((1, 1), (2, 2)):
            page = Page.objects.get(object=objects[name], seq=seq)
            heading = f"Chi {CLOSED_PAGE}" if seq == 2 else "Lời nói đầu"
            issued = date(1931, 4, 7) if seq == 2 else None
            Section.objects.create(object=objects[name], position=position, title=heading, page=page, issued=issued)

    def person(name: str, user: Any = None, address: str = ELSEWHERE) -> Person:
        from django.contrib.auth.models import AnonymousUser

        client = Client()
        if user is not None:
            client.force_login(user)
        return Person(name, client, address, user or AnonymousUser())

    sitting = make_person("ngoi", (Role.READER, home))
    for name in ("seats", "seats, one page closed"):
        ReadingSeat.objects.create(
            object=objects[name],
            number=1,
            holder=holder_key("account", str(sitting.pk)),
            expires_at=timezone.now() + timedelta(hours=1),
        )
    people = [
        person("visitor"),
        person("in the room", address=ROOM),
        person("signed in", make_person("docgia")),
        person("sitting", sitting),
        person("digitises there", make_person("sohoa", (Role.LIBRARIAN, home))),
        person("soldier", make_person("linh", (Role.READER, barracks))),
        person("administrator", make_admin("quantri2")),
    ]
    return Scene(objects, people, collections, folder)


def _asked(name: str, obj: DigitalObject, addresses: tuple[str, ...]) -> Iterator[tuple[Page, str]]:
    """Pages with the addresses at which they are asked for: one page says what all say, but where one is closed."""
    pages = list(Page.objects.filter(object=obj).order_by("seq"))
    if name not in WITH_A_CLOSED_PAGE:
        pages = pages[:1]
    elif name != "one page closed":
        pages = pages[1:]
    for address in addresses:
        yield from ((page, address) for page in (pages if "{s}" in address else pages[:1]))


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
        for page, address in _asked(name, obj, PICTURES):
            may = opened is not None and opened.may(Act.READ, page)
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
        for page, address in _asked(name, obj, TEXTS):
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
    told = [mark for mark in OF_THE_CLOSED_PAGE if mark.encode() in body]
    if told and (opened is None or not opened.may(Act.READ, Page.objects.get(object=opened.object, seq=2))):
        found += [f"{where}: tells {mark} of a closed page" for mark in told]
    if SECRET.encode() in body and not reads:
        found.append(f"{where}: tells words of the page")
    return found


def test_lists_searches_feeds_and_the_desk_tell_of_nothing_that_is_not_there(scene: Scene) -> None:
    assert not (wrong := _wrong_in_lists(scene, scene.people)), "\n".join(wrong[:20])


def _wrong_in_lists(scene: Scene, people: list[Person]) -> list[str]:
    """What lists tell although this person may not know of it, and counts that are not those of the policy."""
    wrong = []
    codes = [c.code for c in scene.collections.values()]
    for person in people:
        opened = {name: _opened(obj, person) for name, obj in scene.objects.items()}
        known = {c.code for c in scene.collections.values() if _knows(person.reader(), c)}
        for address in [one.format(c=code) for one in LISTS for code in (codes if "{c}" in one else codes[:1])]:
            answer = person.get(address)
            body = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
            where = f"{person.name}, {address} ({answer.status_code})"
            wrong += [
                f"{where}: names {name}" for name, o in scene.objects.items()
                if opened[name] is None and (o.public_id in body or o.title in body)
            ]  # fmt: skip
            asked = (
                address.split("collection=")[-1].strip("/").rsplit("/", 1)[-1]
            )  # a page may repeat what it was asked
            wrong += [
                f"{where}: names collection {code}" for code in codes
                if code not in known and (f"bo suu tap {code}" in body or (code in body and code != asked))
            ]  # fmt: skip
            if SECRET in re.sub(rf"q={SECRET}|\"{SECRET}\"", "", body) and "/api/v1/fulltext" not in address:
                reads = any(o is not None and o.may(Act.READ) for o in opened.values())
                if not reads:
                    wrong.append(f"{where}: tells words of pages")
            if address == f"/api/v1/fulltext?q={ASKED}":
                wrong += _wrong_counts(answer.json(), opened, where)
    return wrong


PIECE = re.compile(r'<li><a class="found-pages__page" href="/read/(\w+)\?page=(\d+)&amp;[^"]*">(.*?)</li>', re.DOTALL)


def test_the_one_list_has_the_volumes_and_the_words_that_the_policy_lets_be_found_and_read(scene: Scene) -> None:
    """SEA-25, FTS-4: volumes under a title and by themselves, and how many there are."""
    home = Library.objects.get(code="VN-NHA")
    imported(home, book(f"Nhan đề {ASKED}", number="1"))
    copies = ("signed, one page closed", "seats", "draft")
    record = BibRecord.objects.get(library=home)
    DigitalObject.objects.filter(pk__in=[scene.objects[name].pk for name in copies]).update(record=record)
    with Indexer() as publications:
        assert publications.acquire()
        publications.drain()
    wrong, lengths = [], set()
    for person in scene.people:
        html = person.get(f"/search/?q={ASKED}").content.decode()
        pieces = [(id_, int(seq), rest) for id_, seq, rest in PIECE.findall(html)]
        findable = 0
        for name, obj in scene.objects.items():
            opened = _opened(obj, person)
            pages = {p.seq: p for p in Page.objects.filter(object=obj)}
            found = {s for s, p in pages.items() if opened is not None and opened.may(Act.FIND, p)}
            findable += bool(found)
            told = {seq for id_, seq, _ in pieces if id_ == obj.public_id}
            # of several volumes of a title one page each is told
            wanted = told and told <= found if found and name in copies else told == found
            if not wanted or (obj.public_id in html) != bool(found):
                wrong.append(f"{person.name}, {name}: told of pages {told}, may find {found}")
            wrong += [
                f"{person.name}, {name}: words of page {seq}" for id_, seq, rest in pieces
                if id_ == obj.public_id and SECRET in rest and not (opened and opened.may(Act.READ, pages[seq]))
            ]  # fmt: skip
        if f"có trong nội dung {findable} bản số hóa" not in html:
            wrong.append(f"{person.name}: does not count {findable} volumes")
        lengths.add(findable)
    assert not wrong, "\n".join(wrong[:20])
    assert len(lengths) > 3, "people find different volumes"


def _knows(reader: Reader, collection: Collection) -> bool:
    """RGT-3, said once more: what is asked here is not asked of what is tested."""
    own = {member(collection.library_id), staff(collection.library_id)}
    return bool(own & reader.tokens) or not (collection.closed or collection.library.closed)


def _wrong_counts(answer: dict[str, Any], opened: dict[str, Opened | None], where: str) -> list[str]:
    """An index that is not ready tells nothing; one that is counts what this person may find, to the page."""
    volumes = pages = 0
    if answer["query"]["index_ready"]:
        for o in opened.values():
            found = [] if o is None else [p for p in Page.objects.filter(object=o.object) if o.may(Act.FIND, p)]
            volumes, pages = volumes + bool(found), pages + len(found)
    told = (answer["total"], answer["pages_total"])
    return [] if told == (volumes, pages) else [f"{where}: counts {told}, may find {(volumes, pages)}"]


def _close_the_rules() -> None:
    closed = StatedRule(Rule(Status.OFFICIAL, Access.CLOSED, timezone.localdate()), "thử", "found")
    set_rules(Status.OFFICIAL, [closed], seen=rules_of(Status.OFFICIAL).stamp, actor=CLERK)


ACTS: dict[str, Callable[[DigitalObject], object]] = {
    "taken down": lambda o: publishing.take_down(o.public_id, reason="thử", actor=CLERK),
    "withdrawn": lambda o: publishing.withdraw(o.public_id, reason="thử", actor=CLERK),
    "collection closed": lambda o: close_collection(o.collection_id or 0, actor=CLERK),
    "rule": lambda o: _close_the_rules(),
    "rights": lambda o: publishing.record_rights(
        o.public_id, publishing.Rights(Status.UNKNOWN, "thử", date(2026, 1, 1)), actor=CLERK
    ),
    "pages closed": lambda o: paging.close_pages(o.public_id, [1, 2], closed=True, seen=None, actor=CLERK),
}


@pytest.mark.parametrize("act", ACTS)
def test_what_is_closed_afterwards_is_closed_on_every_route_at_once(scene: Scene, act: str) -> None:
    """The index is as it was before: what it has not heard of yet is held back (FTS-7)."""
    obj = scene.objects["in a collection"]
    page = Page.objects.get(object=obj, seq=1)
    some = [person for person in scene.people if person.name in ("visitor", "administrator")]
    before = open_object(obj.public_id, some[0].reader())
    assert before.may(Act.READ, page)
    for person in some:
        person.get(f"/read/{obj.public_id}")  # whoever was there before gets no more than others
    ACTS[act](obj)
    page.refresh_from_db()
    wrong = []
    for person in some:
        opened = _opened(obj, person)
        may = opened is not None and opened.may(Act.READ, page)
        assert not may or person.name == "administrator"
        for address in TEXTS:
            answer = person.get(address.format(o=obj.public_id, s=1))
            wrong += _told(answer, opened, page if "{s}" in address else None, f"{person.name}, {address}")
        for address in (*PICTURES, *FILES):
            answer = person.get(address.format(o=obj.public_id, s=1))
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if answer.status_code == 200 and not may and (address in PICTURES or SECRET.encode() in body):
                wrong.append(f"{person.name}, {address}: {answer.status_code}")
    wrong += _wrong_in_lists(scene, some if act == "collection closed" else some[:1])
    assert not wrong, "\n".join(wrong[:20])


def test_the_scene_has_both_answers_for_every_kind_of_reader(scene: Scene) -> None:
    """A test of leaks that only ever sees refusals, or only ever grants, proves nothing."""
    allowed = {
        (name, person.name): opened is not None and opened.may(Act.READ) for name, _, person, opened in scene.cases()
    }
    assert allowed["open", "visitor"]
    assert not allowed["signed", "visitor"]
    assert scene.people[0].get(f"/api/v1/fulltext?q={ASKED}").json()["query"]["index_ready"]
    assert allowed["signed", "signed in"]
    assert allowed["premises", "in the room"]
    assert not allowed["seats", "signed in"]
    assert allowed["seats", "sitting"]
    assert allowed["hidden", "soldier"]
    assert not allowed["hidden", "administrator"]
    assert allowed["in a closed collection", "digitises there"]
    assert not allowed["in a closed collection", "administrator"]
    assert not allowed["withdrawn", "visitor"]
    assert allowed["draft", "digitises there"]
    may_something = {name for (_, name), ok in allowed.items() if ok}
    assert {person.name for person in scene.people} <= may_something
