"""Presentation 3: the manifest of an object, its text annotations, collections (PRE-2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from lienthu.domain.digital.models import DigitalObject, Kind, Layer
from lienthu.domain.digital.selectors.volumes import PageLine
from lienthu.domain.network.models import Library
from lienthu.faces.protocols.iiif import authorization, words
from lienthu.faces.protocols.iiif.addresses import Addresses
from lienthu.faces.protocols.iiif.facts import Shown
from lienthu.foundation.pagetext.model import PageText

Json = dict[str, Any]
CONTEXT: Final = "http://iiif.io/api/presentation/3/context.json"
_THUMBNAIL: Final = 200
_PAGED: Final = (Kind.BOOK, Kind.MANUSCRIPT, Kind.THESIS, Kind.NEWSPAPER)
LANGUAGE_OF: Final = {Layer.ORIGINAL: "", Layer.TRANSCRIPTION: "vi", Layer.TRANSLATION: "vi"}


def manifest(shown: Shown, at: Addresses) -> Json:
    """The manifest as a JSON value."""
    obj, volume = shown.object, shown.volume
    contexts: list[str] = ["http://iiif.io/api/search/2/context.json"] if shown.may_find else []
    if shown.restricted:
        contexts.append("http://iiif.io/api/auth/2/context.json")
    result: Json = {
        "@context": [*contexts, CONTEXT] if contexts else CONTEXT,
        "id": at.manifest,
        "type": "Manifest",
        "label": words.plain(obj.title),
        "metadata": [{"label": words.both(label), "value": words.plain(*values)} for label, values in shown.metadata()],
    }
    if summary := shown.described.get("description"):
        result["summary"] = words.plain(summary[0])
    if shown.rights:
        result["rights"] = shown.rights
    result["requiredStatement"] = _statement(obj)
    result["provider"] = [_provider(obj.library, at)]
    result["homepage"] = [
        {"id": at.reader, "type": "Text", "label": words.both(words.ON_THE_SITE), "format": "text/html"}
    ]
    result["viewingDirection"] = "right-to-left" if obj.right_to_left else "left-to-right"
    result["behavior"] = ["paged" if obj.kind in _PAGED and len(volume.pages) > 2 else "individuals"]
    if (first := next(filter(shown.has_picture, volume.pages), None)) is not None:
        result["thumbnail"] = [_thumbnail(first, at)]
    if shown.may_download and (files := _files(shown, at)):
        result["rendering"] = files
    services: list[Json] = []
    if shown.may_find and volume.texts:
        services.append(
            {
                "id": at.search(2),
                "type": "SearchService2",
                "service": [{"id": f"{at.search(2)}/autocomplete", "type": "AutoCompleteService2"}],
            }
            if shown.may_read
            else {"id": at.search(2), "type": "SearchService2"}
        )
        services.append({"@id": at.search(1), "@type": "SearchService1", "profile": authorization.SEARCH_1})
    if services:
        result["service"] = services
    if shown.restricted:
        result["services"] = [authorization.access_service2(shown.opened, at)]
    issued = dict(volume.issues())
    result["items"] = [_canvas(page, shown, at, issued) for page in volume.pages]
    if volume.contents:
        result["structures"] = _ranges(shown, at)
    return result


def _canvas(page: PageLine, shown: Shown, at: Addresses, issued: dict[int, Any]) -> Json:
    canvas = at.canvas(page.seq)
    width, height = (page.width, page.height) if page.ready else shown.volume.usual_size
    name = page.label or f"[{page.position}]"
    state = shown.state(page)
    result: Json = {
        "id": canvas,
        "type": "Canvas",
        "label": words.both(state, before=f"{name} – ") if state else words.plain(name),
        "height": height,
        "width": width,
    }
    if page.seq in issued:
        result["navDate"] = words.midnight(issued[page.seq])
    if not shown.has_picture(page):
        result["items"] = [{"id": f"{canvas}/page", "type": "AnnotationPage", "items": []}]
        return result
    image: Json = {
        "id": f"{at.image(page.seq, 3)}/full/max/0/default.jpg",
        "type": "Image",
        "format": "image/jpeg",
        "height": height,
        "width": width,
        "service": _image_services(page, at),
    }
    if shown.restricted:
        image["service"].append(authorization.probe_service2(page.seq, at))
    result["thumbnail"] = [_thumbnail(page, at)]
    result["items"] = [
        {
            "id": f"{canvas}/page",
            "type": "AnnotationPage",
            "items": [
                {
                    "id": f"{canvas}/picture",
                    "type": "Annotation",
                    "motivation": "painting",
                    "body": image,
                    "target": canvas,
                }
            ],
        }
    ]
    if layers := shown.layers(page):
        result["annotations"] = [{"id": at.text(page.seq, layer), "type": "AnnotationPage"} for layer in layers]
        if shown.may_download:
            result["seeAlso"] = [
                {
                    "id": f"{at.reader}/text/{page.seq}.alto.xml",
                    "type": "Dataset",
                    "format": "application/xml",
                    "profile": "http://www.loc.gov/standards/alto/ns-v4#",
                    "label": words.both(words.ALTO_FILE),
                }
            ]
    return result


def _image_services(page: PageLine, at: Addresses) -> list[Json]:
    return [
        {"id": at.image(page.seq, 3), "type": "ImageService3", "profile": "level2"},
        {
            "@id": at.image(page.seq, 2),
            "@type": "ImageService2",
            "profile": "http://iiif.io/api/image/2/level2.json",
        },
    ]


def _thumbnail(page: PageLine, at: Addresses) -> Json:
    width = min(_THUMBNAIL, page.width)
    return {
        "id": f"{at.image(page.seq, 3)}/full/{width},/0/default.jpg",
        "type": "Image",
        "format": "image/jpeg",
        "width": width,
        "height": max(1, round(page.height * width / page.width)),
    }


def _statement(obj: DigitalObject) -> Json:
    value = words.plain(obj.library.name)
    if obj.sample or obj.library.sample:
        value = words.both(words.SAMPLE_TEXT, before=f"{obj.library.name}. ")
    return {"label": words.both(words.HELD_BY), "value": value}


def _provider(library: Library, at: Addresses) -> Json:
    label = {"vi": [library.name]} | ({"en": [library.name_en]} if library.name_en else {})
    page = {
        "id": f"{at.site}/libraries/{library.code}/",
        "type": "Text",
        "label": words.plain(library.name),
        "format": "text/html",
    }
    return {"id": f"{at.site}/libraries/{library.code}", "type": "Agent", "label": label, "homepage": [page]}


def _files(shown: Shown, at: Addresses) -> list[Json]:
    files = [("pdf", "application/pdf", words.PDF_FILE)]
    if shown.volume.texts:
        files.append(("txt", "text/plain", words.TEXT_FILE))
    return [
        {"id": f"{at.reader}/download/{name}", "type": "Text", "format": media, "label": words.both(label)}
        for name, media, label in files
    ]


def _ranges(shown: Shown, at: Addresses) -> list[Json]:
    """The contents as nested ranges."""
    roots: list[Json] = []
    open_ranges: list[tuple[int, Json]] = []
    for place, entry in enumerate(shown.volume.contents):
        made: Json = {
            "id": at.range(place + 1),
            "type": "Range",
            "label": words.plain(entry.title or f"[{place + 1}]"),
            "items": [{"id": at.canvas(page.seq), "type": "Canvas"} for page in shown.volume.span(place)],
        }
        if entry.issued is not None:
            made["navDate"] = words.midnight(entry.issued)
        while open_ranges and open_ranges[-1][0] >= entry.level:
            open_ranges.pop()
        (open_ranges[-1][1]["items"] if open_ranges else roots).append(made)
        open_ranges.append((entry.level, made))
    return roots


def lines(text: PageText, seq: int, layer: str, language: str, at: Addresses) -> Json:
    """The lines of a page as an annotation page, each where it stands."""
    address, canvas = at.text(seq, layer), at.canvas(seq)
    return {
        "@context": CONTEXT,
        "id": address,
        "type": "AnnotationPage",
        "items": [
            {
                "id": f"{address}/line/{number}",
                "type": "Annotation",
                "motivation": "supplementing",
                "body": {
                    "type": "TextualBody",
                    "value": line.text,
                    "format": "text/plain",
                    **({"language": language} if language else {}),
                },
                "target": f"{canvas}#xywh={','.join(map(str, line.box))}",
            }
            for number, line in enumerate(text.lines(), start=1)
        ],
    }


def collection(
    address: str, name: dict[str, list[str]], objects: Sequence[DigitalObject], parts: Iterable[Json], at: Addresses
) -> Json:
    """A collection of manifests and of other collections."""
    return {
        "@context": CONTEXT,
        "id": address,
        "type": "Collection",
        "label": name,
        "items": [
            *parts,
            *(
                {
                    "id": Addresses(at.site, obj.public_id, 3).manifest,
                    "type": "Manifest",
                    "label": words.plain(obj.title),
                }
                for obj in objects
            ),
        ],
    }


def part(address: str, name: str) -> Json:
    """A collection as it stands in another one."""
    return {"id": address, "type": "Collection", "label": words.plain(name)}
