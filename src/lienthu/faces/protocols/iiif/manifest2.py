"""Presentation 2.1: the same facts in the older form, for older viewers (PRE-2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from lienthu.domain.digital.models import DigitalObject, Kind
from lienthu.domain.digital.selectors.volumes import PageLine
from lienthu.faces.protocols.iiif import authorization, words
from lienthu.faces.protocols.iiif.addresses import Addresses
from lienthu.faces.protocols.iiif.facts import Shown
from lienthu.foundation.pagetext.model import PageText

Json = dict[str, Any]
CONTEXT: Final = "http://iiif.io/api/presentation/2/context.json"
_THUMBNAIL: Final = 200
_PAGED: Final = (Kind.BOOK, Kind.MANUSCRIPT, Kind.THESIS, Kind.NEWSPAPER)


def manifest(shown: Shown, at: Addresses) -> Json:
    """The manifest as a JSON value."""
    obj, volume = shown.object, shown.volume
    result: Json = {
        "@context": CONTEXT,
        "@id": at.manifest,
        "@type": "sc:Manifest",
        "label": obj.title,
        "metadata": [
            {"label": words.both_v2(label), "value": values[0] if len(values) == 1 else values}
            for label, values in shown.metadata()
        ],
        "attribution": _attribution(obj),
        "related": {"@id": at.reader, "format": "text/html", "label": words.both_v2(words.ON_THE_SITE)},
    }
    if summary := shown.described.get("description"):
        result["description"] = summary[0]
    if shown.rights:
        result["license"] = shown.rights
    if (first := next(filter(shown.has_picture, volume.pages), None)) is not None:
        result["thumbnail"] = _thumbnail(first, at)
    if shown.may_find and volume.texts:
        service: Json = {"@context": authorization.SEARCH_1_CONTEXT, "@id": at.search(1)}
        service["profile"] = authorization.SEARCH_1
        if shown.may_read:
            service["service"] = {
                "@id": f"{at.search(1)}/autocomplete",
                "profile": authorization.AUTOCOMPLETE_1,
            }
        result["service"] = service
    if shown.may_download:
        result["rendering"] = {
            "@id": f"{at.reader}/download/pdf",
            "format": "application/pdf",
            "label": words.both_v2(words.PDF_FILE),
        }
    result["sequences"] = [
        {
            "@id": f"{at.base}/sequence/normal",
            "@type": "sc:Sequence",
            "viewingDirection": "right-to-left" if obj.right_to_left else "left-to-right",
            "viewingHint": "paged" if obj.kind in _PAGED and len(volume.pages) > 2 else "individuals",
            "canvases": [_canvas(page, shown, at) for page in volume.pages],
        }
    ]
    if volume.contents:
        result["structures"] = _ranges(shown, at)
    return result


def _canvas(page: PageLine, shown: Shown, at: Addresses) -> Json:
    canvas = at.canvas(page.seq)
    width, height = (page.width, page.height) if page.ready else shown.volume.usual_size
    name = page.label or f"[{page.position}]"
    state = shown.state(page)
    result: Json = {
        "@id": canvas,
        "@type": "sc:Canvas",
        "label": words.both_v2(state, before=f"{name} – ") if state else name,
        "height": height,
        "width": width,
        "images": [],
    }
    if not shown.has_picture(page):
        return result
    result["thumbnail"] = _thumbnail(page, at)
    result["images"] = [
        {
            "@id": f"{canvas}/picture",
            "@type": "oa:Annotation",
            "motivation": "sc:painting",
            "resource": {
                "@id": f"{at.image(page.seq, 2)}/full/full/0/default.jpg",
                "@type": "dctypes:Image",
                "format": "image/jpeg",
                "height": height,
                "width": width,
                "service": _service(page, at),
            },
            "on": canvas,
        }
    ]
    if layers := shown.layers(page):
        result["otherContent"] = [{"@id": at.text(page.seq, layer), "@type": "sc:AnnotationList"} for layer in layers]
    return result


def _service(page: PageLine, at: Addresses) -> Json:
    return {
        "@context": "http://iiif.io/api/image/2/context.json",
        "@id": at.image(page.seq, 2),
        "profile": "http://iiif.io/api/image/2/level2.json",
    }


def _thumbnail(page: PageLine, at: Addresses) -> Json:
    width = min(_THUMBNAIL, page.width)
    return {"@id": f"{at.image(page.seq, 2)}/full/{width},/0/default.jpg", "service": _service(page, at)}


def _attribution(obj: DigitalObject) -> Any:
    if obj.sample or obj.library.sample:
        return words.both_v2(words.SAMPLE_TEXT, before=f"{obj.library.name}. ")
    return obj.library.name


def _ranges(shown: Shown, at: Addresses) -> list[Json]:
    """The contents: a top range, whose members are the entries, each naming its own parts."""
    contents = shown.volume.contents
    made: list[Json] = []
    top: list[str] = []
    open_ranges: list[tuple[int, Json]] = []
    for place, entry in enumerate(contents):
        one: Json = {
            "@id": at.range(place + 1),
            "@type": "sc:Range",
            "label": entry.title or f"[{place + 1}]",
            "canvases": [at.canvas(page.seq) for page in shown.volume.span(place)],
        }
        if entry.issued is not None:
            one["metadata"] = [{"label": words.both_v2(words.DATE), "value": entry.issued.isoformat()}]
        while open_ranges and open_ranges[-1][0] >= entry.level:
            open_ranges.pop()
        if open_ranges:
            open_ranges[-1][1].setdefault("ranges", []).append(one["@id"])
        else:
            top.append(one["@id"])
        open_ranges.append((entry.level, one))
        made.append(one)
    first: Json = {
        "@id": at.range(0),
        "@type": "sc:Range",
        "label": words.both_v2(words.CONTENTS),
        "viewingHint": "top",
        "ranges": top,
    }
    return [first, *made]


def lines(text: PageText, seq: int, layer: str, language: str, at: Addresses) -> Json:
    """The lines of a page as an annotation list, each where it stands."""
    address, canvas = at.text(seq, layer), at.canvas(seq)
    return {
        "@context": CONTEXT,
        "@id": address,
        "@type": "sc:AnnotationList",
        "resources": [
            {
                "@id": f"{address}/line/{number}",
                "@type": "oa:Annotation",
                "motivation": "sc:painting",
                "resource": {
                    "@type": "cnt:ContentAsText",
                    "format": "text/plain",
                    "chars": line.text,
                    **({"language": language} if language else {}),
                },
                "on": f"{canvas}#xywh={','.join(map(str, line.box))}",
            }
            for number, line in enumerate(text.lines(), start=1)
        ],
    }


def collection(address: str, name: Any, objects: Sequence[DigitalObject], parts: Iterable[Json], at: Addresses) -> Json:
    """A collection of manifests and of other collections."""
    return {
        "@context": CONTEXT,
        "@id": address,
        "@type": "sc:Collection",
        "label": name,
        "collections": list(parts),
        "manifests": [
            {
                "@id": Addresses(at.site, obj.public_id, 2).manifest,
                "@type": "sc:Manifest",
                "label": obj.title,
            }
            for obj in objects
        ],
    }


def part(address: str, name: str) -> Json:
    """A collection as it stands in another one."""
    return {"@id": address, "@type": "sc:Collection", "label": name}
