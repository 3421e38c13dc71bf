"""The Presentation API over HTTP: manifests, text of pages, collections (PRE-1 to PRE-4)."""

from __future__ import annotations

import hashlib
from types import ModuleType
from typing import Any, Final

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from lienthu.domain.digital.access import Opened, open_object
from lienthu.domain.digital.errors import NoSuchObject
from lienthu.domain.digital.models import DigitalObject, Layer
from lienthu.domain.digital.policy import PUBLIC, Act, Reader
from lienthu.domain.digital.selectors.objects import page_by_seq, text_of
from lienthu.domain.digital.selectors.shelves import (
    collection_for,
    collections_for,
    objects_for,
    starts_of_parts,
)
from lienthu.domain.digital.services.texts import content_of
from lienthu.domain.network.errors import UnknownLibrary
from lienthu.domain.network.selectors import library_by_code
from lienthu.faces.protocols.iiif import manifest2, manifest3, words
from lienthu.faces.protocols.iiif.addresses import Addresses, site_of
from lienthu.faces.protocols.iiif.answers import PRESENTATION_TYPE, document, for_its_reader, packed, served
from lienthu.faces.protocols.iiif.facts import FORMAT, key_of, shown
from lienthu.faces.protocols.iiif.who import reader as reader_behind

FORMS: Final[dict[int, ModuleType]] = {2: manifest2, 3: manifest3}
_LISTED: Final = 2000
"""So many objects stand in one document; longer lists are collections of such parts (PRE-8)."""
_OF_LAYER: Final = {"transcription": "vi", "translation": "vi"}
# ISO 639 of the texts, by the names Tesseract gives to its languages.
_LANGUAGE: Final = {"vie": "vi", "eng": "en", "fra": "fr", "chi_tra": "zh-Hant", "chi_tra_vert": "zh-Hant"}


def _form(version: int) -> ModuleType:
    if version not in FORMS:
        raise NoSuchObject(f"presentation {version}")
    return FORMS[version]


def is_public(opened: Opened) -> bool:
    """Whether an answer is the same for everyone: nobody's tokens were needed."""
    return opened.reader.tokens == {PUBLIC}


@served
def manifest(request: HttpRequest, version: int, public_id: str) -> HttpResponse:
    """The manifest of an object."""
    form = _form(version)
    opened = open_object(public_id, reader_behind(request))
    at = Addresses(site_of(request), public_id, version)
    key = key_of(opened, at.site, f"manifest{version}")
    return document(
        request,
        key,
        lambda: form.manifest(shown(opened), at),
        content_type=PRESENTATION_TYPE[version],
        public=is_public(opened),
    )


@served
def page_text(request: HttpRequest, version: int, public_id: str, seq: int, layer: str) -> HttpResponse:
    """The lines of a page, with their places."""
    form = _form(version)
    opened = open_object(public_id, reader_behind(request))
    page = page_by_seq(opened.object, seq)
    if page is None or layer not in Layer.values:
        raise NoSuchObject(f"{public_id}.{seq}")
    opened.require(Act.READ, page)
    row = text_of(page.pk, layer)
    if row is None:
        raise NoSuchObject(f"{public_id}.{seq}/{layer}")
    at = Addresses(site_of(request), public_id, version)
    text = content_of(row)
    language = _OF_LAYER.get(layer) or (_LANGUAGE.get(text.languages[0], "") if len(text.languages) == 1 else "")
    response = document(
        request,
        hashlib.sha256(f"{FORMAT} {version} {row.pk} {at.site}".encode()).hexdigest()[:40],
        lambda: form.lines(text, seq, layer, language, at),
        content_type=PRESENTATION_TYPE[version],
        public=is_public(opened),
    )
    return for_its_reader(response, opened)


@packed
@served
def collections(request: HttpRequest, version: int) -> HttpResponse:
    """All collections that the reader may know of."""
    reader, at = reader_behind(request), Addresses(site_of(request), "", version)
    parts = [_form(version).part(at.collection(c.code), c.name) for c in collections_for(reader)]
    address = f"{at.site}/iiif/presentation/{version}/collections"
    return _listing(request, version, reader, address, words.COLLECTIONS, [], parts, at)


@packed
@served
def collection(request: HttpRequest, version: int, code: str) -> HttpResponse:
    """One collection and what the reader may know of in it."""
    reader, at = reader_behind(request), Addresses(site_of(request), "", version)
    found = collection_for(code, reader)
    if found is None:
        raise NoSuchObject(code)
    objects, parts = _shelf(request, version, reader, at.collection(code), found.name, collection_id=found.pk)
    return _listing(request, version, reader, at.collection(code), found.name, objects, parts, at)


@packed
@served
def library(request: HttpRequest, version: int, code: str) -> HttpResponse:
    """What a library shows: its collections, and its objects that stand in none."""
    reader, at = reader_behind(request), Addresses(site_of(request), "", version)
    try:
        found = library_by_code(code)
    except UnknownLibrary as unknown:
        raise NoSuchObject(code) from unknown  # the same answer as where one is closed
    own = [c for c in collections_for(reader) if c.library_id == found.pk]
    here = at.library(found.code)
    objects, parts = _shelf(request, version, reader, here, found.name, library_id=found.pk, loose=True)
    if found.closed and not own and not objects and not parts:
        raise NoSuchObject(code)  # a closed library is not there for others (RGT-3)
    if _begins(request) is None:
        parts = [_form(version).part(at.collection(c.code), c.name) for c in own] + parts
    return _listing(request, version, reader, here, found.name, objects, parts, at)


def _begins(request: HttpRequest) -> int | None:
    """The object with which the part that is asked for begins; None: the whole is asked for."""
    asked = request.GET.get("from", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 16 else None


def _shelf(
    request: HttpRequest, version: int, reader: Reader, address: str, name: str, **which: Any
) -> tuple[list[DigitalObject], list[dict[str, Any]]]:
    """What stands in the document: objects, or where these are too many the parts in which they stand."""
    begins = _begins(request)
    if begins is not None:
        return objects_for(reader, after=begins + 1, size=_LISTED, **which).objects, []
    found = objects_for(reader, size=_LISTED, **which)
    if found.after is None:
        return found.objects, []
    starts = starts_of_parts(reader, size=_LISTED, **which)
    numbers = ((n * _LISTED + 1, (n + 1) * _LISTED) for n in range(len(starts)))
    return [], [
        _form(version).part(f"{address}?from={start}", f"{name} [{first}–{last}]")
        for start, (first, last) in zip(starts, numbers, strict=True)
    ]


def _listing(
    request: HttpRequest,
    version: int,
    reader: Reader,
    address: str,
    name: str,
    objects: Any,
    parts: list[dict[str, Any]],
    at: Addresses,
) -> HttpResponse:
    known = name == words.COLLECTIONS
    begins = _begins(request)
    if begins is not None and not known:
        address, whole = f"{address}?from={begins}", address
    label = (words.both(name) if known else words.plain(name)) if version == 3 else (_(name) if known else name)
    made = _form(version).collection(address, label, objects, parts, at)
    if begins is not None and not known:
        made |= {"partOf": [{"id": whole, "type": "Collection"}]} if version == 3 else {"within": whole}
    response = HttpResponse(orjson.dumps(made), content_type=PRESENTATION_TYPE[version])
    response["Cache-Control"] = "public, no-cache" if reader.tokens == {PUBLIC} else "private, no-cache"
    return response
